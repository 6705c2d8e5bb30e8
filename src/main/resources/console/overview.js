// All queues: a list of which only the visible rows exist, so that ten thousand queues are as fast as ten.
import { html, useEffect, useMemo, useRef, useState } from './lib/preact.js';
import * as api from './api.js';
import { Sparkline } from './chart.js';
import { age, bytes, count, short } from './format.js';
import { Badges, Dialog, Name, useMedia } from './parts.js';

const total = ({ backlog }) => backlog.ready + backlog.delayed + backlog.leased;
const ORDERS = {
  name: ['Name', (a, b) => a.queue_name.localeCompare(b.queue_name, 'en', { numeric: true })],
  backlog: ['Backlog', (a, b) => total(b) - total(a)],
  age: ['Age', (a, b) => (a.backlog.oldest_message_timestamp_ms || Infinity) - (b.backlog.oldest_message_timestamp_ms || Infinity)],
  rate: ['Rate', (a, b) => b.rates.pushed + b.rates.delivered - a.rates.pushed - a.rates.delivered],
};

function Row({ row, history, top, height, index, onFocus }) {
  const { backlog, rates } = row;
  return html`<a class="row" href="#/queues/${row.queue_id}" data-index=${index} style=${{ transform: `translateY(${top}px)`, height: `${height}px` }} onFocus=${onFocus}>
    <span class="cell-name"><${Name} name=${row.queue_name} /><${Badges} row=${row} /></span>
    <span class="cell number" data-label="ready">${short(backlog.ready)}</span>
    <span class="cell number quiet" data-label="delayed">${short(backlog.delayed)}</span>
    <span class="cell number quiet" data-label="leased">${short(backlog.leased)}</span>
    <span class="cell number wide quiet" data-label="size">${bytes(backlog.bytes)}</span>
    <span class="cell number" data-label="oldest">${age(backlog.oldest_message_timestamp_ms)}</span>
    <span class="cell number wide" data-label="in">${short(rates.pushed)}/s</span>
    <span class="cell number wide" data-label="out">${short(rates.delivered)}/s</span>
    <span class="cell wide"><${Sparkline} values=${history || []} label="Backlog of the last minutes" /></span>
  </a>`;
}

function List({ rows, histories }) {
  const place = useRef(null);
  const narrow = useMedia('(max-width: 760px)');
  const height = narrow ? 64 : 40;
  const [view, setView] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const measure = () => place.current && setView({ top: place.current.scrollTop, height: place.current.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(place.current);
    place.current.addEventListener('scroll', measure, { passive: true });
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(view.top / height) - 8);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / height) + 8);
  const onKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }[event.key];
    const at = Number(document.activeElement?.dataset.index ?? -1);
    if (!step || !rows.length) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, at + step));
    const top = next * height;
    if (top < place.current.scrollTop) place.current.scrollTop = top;
    if (top + height > place.current.scrollTop + place.current.clientHeight) place.current.scrollTop = top + height - place.current.clientHeight;
    setView({ top: place.current.scrollTop, height: place.current.clientHeight });
    setTimeout(() => place.current?.querySelector(`[data-index="${next}"]`)?.focus({ preventScroll: true }), 0);
  };
  return html`<div class="list" ref=${place} onKeyDown=${onKey} tabindex="0" role="region" aria-label="Queues">
    <div class="rows" style=${{ height: `${rows.length * height}px` }}>
      ${rows.slice(first, last).map((row, index) => html`<${Row} key=${row.queue_id} row=${row} history=${histories.get(row.queue_id)} top=${(first + index) * height} height=${height} index=${first + index} />`)}
    </div>
  </div>`;
}

export function Overview({ queues, loaded, histories, mayWrite, account, onAccount, version, onChanged }) {
  const [filter, setFilter] = useState('');
  const [order, setOrder] = useState('name');
  const [creating, setCreating] = useState(false);
  const input = useRef(null);
  useEffect(() => {
    const onKey = (event) => {
      if (event.key === '/' && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
        event.preventDefault();
        input.current.focus();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const rows = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return [...queues.values()].filter((row) => words.every((word) => row.queue_name.toLowerCase().includes(word))).sort(ORDERS[order][1]);
  }, [version, filter, order]);
  const sum = useMemo(() => [...queues.values()].reduce((all, row) => all + total(row), 0), [version]);
  const create = async (form) => {
    // A token for all accounts, none of which has a queue yet.
    const chosen = account || form.get('account');
    api.useAccount(chosen);
    const made = await api.createQueue(form.get('name')).catch((failure) => {
      api.useAccount(account);
      throw failure;
    });
    if (!account) onAccount(chosen);
    onChanged();
    location.hash = `#/queues/${made.queue_id}`;
  };
  return html`<main class="overview">
    <div class="bar">
      <input ref=${input} type="search" placeholder="Filter queues  ( / )" aria-label="Filter queues" value=${filter} onInput=${(event) => setFilter(event.target.value)} />
      <label class="order">Sort <select value=${order} onChange=${(event) => setOrder(event.target.value)}>
        ${Object.entries(ORDERS).map(([key, [label]]) => html`<option value=${key}>${label}</option>`)}
      </select></label>
      <span class="summary" role="status">${rows.length === queues.size ? count(queues.size) : `${count(rows.length)} of ${count(queues.size)}`} queues, ${count(sum)} messages${loaded ? '' : ' …'}</span>
      ${mayWrite && html`<button class="primary" onClick=${() => setCreating(true)}>New queue</button>`}
    </div>
    <div class="head" aria-hidden="true"><span>Queue</span><span class="number">Ready</span><span class="number">Delayed</span><span class="number">Leased</span><span class="number wide">Size</span><span class="number">Oldest</span><span class="number wide">In</span><span class="number wide">Out</span><span class="wide">Backlog</span></div>
    <${List} rows=${rows} histories=${histories} />
    ${loaded && !queues.size && html`<p class="empty">There are no queues yet.</p>`}
    ${creating && html`<${Dialog} title="New queue" action="Create" onClose=${() => setCreating(false)} onAction=${create}>
      ${!account && html`<label>Account <input name="account" required pattern="[0-9a-f]{32}" title="32 hexadecimal digits" autocomplete="off" spellcheck="false" /></label>`}
      <label>Name <input name="name" required autofocus autocomplete="off" spellcheck="false" /></label>
    <//>`}
  </main>`;
}
