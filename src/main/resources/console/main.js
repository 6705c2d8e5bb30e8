// The console: login, then the overview or one queue, by the fragment of the address.
import { html, render, useEffect, useRef, useState } from './lib/preact.js';
import * as api from './api.js';
import { Overview } from './overview.js';
import { usePolling } from './parts.js';
import { QueuePage } from './queue.js';

const HISTORY_MAX = 60;
const POLL_MILLIS = 3000;

/** The one-time code of a link; it is removed from the address and the history at once. */
function takeCode() {
  const match = /^#code=([\w-]+)$/.exec(location.hash);
  if (match) history.replaceState(null, '', location.pathname + '#/');
  return match && match[1];
}

function Login({ onLogin, problem }) {
  const [error, setError] = useState(problem);
  const [busy, setBusy] = useState(false);
  useEffect(() => setError(problem), [problem]);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      onLogin(await api.login(new FormData(event.target).get('token').trim()));
    } catch (failure) {
      setError(failure.status === 0 ? failure.message : `This token does not work: ${failure.message}`);
      setBusy(false);
    }
  };
  return html`<main class="login"><form class="card" onSubmit=${submit}>
    <h1><img src="icon.svg" alt="" width="28" height="28" /> Sluice</h1>
    <label>API token <input name="token" type="password" required autofocus autocomplete="off" /></label>
    <button class="primary" disabled=${busy}>Log in</button>
    ${error && html`<p class="error" role="alert">${error}</p>`}
    <p class="muted">The token stays in the memory of this tab. <code>sluice console</code> prints a link that logs in without one.</p>
  </form></main>`;
}

const route = () => /^#\/queues\/([0-9a-f]{32})$/.exec(location.hash)?.[1] || '';

function Console({ caller, onAccount, onLogout }) {
  const queues = useRef(new Map());
  const histories = useRef(new Map());
  const [version, setVersion] = useState(0);
  const [loaded, setLoaded] = useState(false);
  const [error, setError] = useState('');
  const [id, setId] = useState(route());
  const [refresh, setRefresh] = useState(0);
  const onEnded = () => onLogout('The session has ended. Log in again.');
  const mayWrite = caller.access === 'write';
  useEffect(() => {
    const onHash = () => setId(route());
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  const keep = (row) => {
    const { ready, delayed, leased } = row.backlog;
    const values = histories.current.get(row.queue_id) || [];
    values.push(ready + delayed + leased);
    if (values.length > HISTORY_MAX) values.shift();
    histories.current.set(row.queue_id, values);
  };
  usePolling(async (ended) => {
    // A token for all accounts, and no account has a queue yet.
    if (!caller.account) setLoaded(true);
    if (!caller.account || (id && loaded)) return;
    try {
      const next = new Map();
      for (let page = 1, pages = 1; page <= pages; page++) {
        const envelope = await api.backlogs(page);
        if (ended()) return;
        pages = envelope.result_info.total_pages;
        envelope.result.forEach((row) => { next.set(row.queue_id, row); keep(row); });
        if (!loaded && page === 1) {
          // The first thousand are shown while the rest is read.
          queues.current = next;
          setVersion((before) => before + 1);
        }
      }
      queues.current = next;
      [...histories.current.keys()].filter((key) => !next.has(key)).forEach((key) => histories.current.delete(key));
      setVersion((before) => before + 1);
      setLoaded(true);
      setError('');
    } catch (failure) {
      if (ended()) return;
      if (api.isEnded(failure)) onEnded();
      else setError(failure.message);
    }
  }, POLL_MILLIS, [caller.account, id !== '', refresh]);
  return html`<header>
      <a class="brand" href="#/"><img src="icon.svg" alt="" width="22" height="22" /> Sluice</a>
      ${caller.accounts.length > 1 ? html`<select aria-label="Account" value=${caller.account} onChange=${(event) => onAccount(event.target.value)}>${caller.accounts.map((each) => html`<option value=${each}>${each}</option>`)}</select>` : html`<code class="account">${caller.account}</code>`}
      <span class="grow"></span>
      ${caller.access !== 'write' && html`<span class="badge">read only</span>`}
      <button onClick=${() => onLogout('')}>Log out</button>
    </header>
    ${error && html`<p class="error banner" role="alert">${error}</p>`}
    ${id
      ? html`<${QueuePage} key=${id} id=${id} queues=${queues.current} mayWrite=${mayWrite && caller.account !== ''} onEnded=${onEnded} onDeleted=${() => { location.hash = '#/'; setRefresh(refresh + 1); }} />`
      : html`<${Overview} queues=${queues.current} loaded=${loaded} histories=${histories.current} version=${version} mayWrite=${mayWrite} account=${caller.account} onAccount=${onAccount} onChanged=${() => setRefresh(refresh + 1)} />`}`;
}

function App({ code }) {
  const [caller, setCaller] = useState(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(Boolean(code));
  const enter = async (oneTimeCode) => {
    setBusy(true);
    try {
      setCaller(await api.login(await api.exchange(oneTimeCode)));
    } catch (failure) {
      setProblem(failure.message);
    }
    setBusy(false);
  };
  useEffect(() => {
    if (code) enter(code);
    // A link that is opened while the page is open.
    const onHash = () => { const another = takeCode(); if (another) enter(another); };
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  if (busy) return html`<main class="login"><p class="muted">Logging in …</p></main>`;
  if (!caller) return html`<${Login} problem=${problem} onLogin=${setCaller} />`;
  return html`<${Console} key=${caller.account} caller=${caller}
    onAccount=${(account) => { api.useAccount(account); location.hash = '#/'; setCaller({ ...caller, account, accounts: [...new Set([...caller.accounts, account])] }); }}
    onLogout=${(why) => { api.logout(); setProblem(why); setCaller(null); }} />`;
}

const code = takeCode();
document.getElementById('app').replaceChildren();
render(html`<${App} code=${code} />`, document.getElementById('app'));
