// Messages of a queue, page by page, without a lease.
import { html, useEffect, useState } from './lib/preact.js';
import * as api from './api.js';
import { Body, preview } from './body.js';
import { age, bytes, time, visibleLine, when } from './format.js';
import { RedriveDialog } from './redrives.js';

const STATES = ['ready', 'delayed', 'leased'];

function Fields({ message }) {
  const letter = message.dead_letter;
  const fields = [
    ['Id', message.id],
    ['Published', `${time(message.timestamp_ms)} (${age(message.timestamp_ms)} ago)`],
    ['Attempts', message.attempts],
    [{ ready: 'Ready since', delayed: 'Ready', leased: 'Lease ends' }[message.state], `${time(message.visible_at_ms)} (${when(message.visible_at_ms)})`],
    ['Type', message.content_type],
    ['Size', bytes(message.body_bytes)],
  ];
  if (message.delay_seconds) fields.push(['Delay', `${message.delay_seconds} s`]);
  if (letter) {
    const why = { retried: 'the consumer asked for a retry', lease_expired: 'it was not acknowledged in time' }[letter.reason];
    fields.push(['Dead letter of', visibleLine(letter.queue_name)], ['Because', `${why}, after ${letter.attempts} ${letter.attempts === 1 ? 'attempt' : 'attempts'}`], ['Since', `${time(letter.timestamp_ms)} (${age(letter.timestamp_ms)} ago)`]);
  }
  return html`<dl class="fields">${fields.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function Message({ message, mayWrite, selected, onSelect, onRedrive }) {
  const [open, setOpen] = useState(false);
  return html`<li class="message">
    <div class="line">
      ${mayWrite && html`<input type="checkbox" checked=${selected} onChange=${onSelect} aria-label="Select message ${message.id}" disabled=${message.state !== 'ready'} />`}
      <button class="summary" aria-expanded=${open} onClick=${() => setOpen(!open)}>
        <span class="badge ${message.state}">${message.state}</span>
        ${message.dead_letter && html`<span class="badge dead">from ${visibleLine(message.dead_letter.queue_name)}</span>`}
        <span class="preview">${preview(message)}</span>
        <span class="muted side">${message.attempts ? `${message.attempts}×, ` : ''}${age(message.timestamp_ms)}</span>
      </button>
    </div>
    ${open && html`<div class="detail"><${Fields} message=${message} /><${Body} message=${message} />
      ${mayWrite && message.state === 'ready' && html`<div class="tools"><button onClick=${onRedrive}>${message.dead_letter ? 'Redrive' : 'Move'} this message…</button></div>`}</div>`}
  </li>`;
}

export function Messages({ row, queues, mayWrite, version, onChanged }) {
  const [states, setStates] = useState(STATES);
  const [cursors, setCursors] = useState(['']);
  const [page, setPage] = useState(null);
  const [error, setError] = useState('');
  const [selected, setSelected] = useState(new Map());
  const [redrive, setRedrive] = useState(null);
  const cursor = cursors[cursors.length - 1];
  useEffect(() => {
    let ended = false;
    api.messages(row.queue_id, states, cursor).then(
      (read) => { if (!ended) { setPage(read); setError(''); } },
      (failure) => { if (!ended) setError(failure.message); });
    return () => { ended = true; };
  }, [row.queue_id, cursor, states.join(), version]);
  const toggle = (state) => {
    const next = states.includes(state) ? states.filter((each) => each !== state) : [...states, state];
    setStates(next.length ? next : STATES);
    setCursors(['']);
    setSelected(new Map());
  };
  const select = (message) => {
    const next = new Map(selected);
    if (!next.delete(message.id)) next.set(message.id, message.ref);
    setSelected(next);
  };
  const hasDeadLetters = page && page.messages.some(({ dead_letter }) => dead_letter);
  return html`<section class="card messages">
    <div class="bar">
      <h2>Messages</h2>
      <div class="filters" role="group" aria-label="States">
        ${STATES.map((state) => html`<button aria-pressed=${states.includes(state)} onClick=${() => toggle(state)}>${state}</button>`)}
      </div>
      <button onClick=${onChanged}>Refresh</button>
      ${mayWrite && selected.size > 0 && html`<button class="primary" onClick=${() => setRedrive({ refs: [...selected.values()] })}>Redrive ${selected.size} selected…</button>`}
      ${mayWrite && hasDeadLetters && html`<button onClick=${() => setRedrive({})}>Redrive all…</button>`}
    </div>
    ${error && html`<p class="error" role="alert">${error}</p>`}
    ${page && !page.messages.length && html`<p class="empty">${page.next_cursor ? 'None on this page; there are more.' : 'No messages in these states.'}</p>`}
    ${page && html`<ul>${page.messages.map((message) => html`<${Message} key=${message.id} message=${message} mayWrite=${mayWrite} selected=${selected.has(message.id)} onSelect=${() => select(message)} onRedrive=${() => setRedrive({ refs: [message.ref] })} />`)}</ul>`}
    <div class="pages">
      <button disabled=${cursors.length === 1} onClick=${() => setCursors(cursors.slice(0, -1))}>Previous</button>
      <span class="muted">Page ${cursors.length}</span>
      <button disabled=${!page || !page.next_cursor} onClick=${() => setCursors([...cursors, page.next_cursor])}>Next</button>
    </div>
    ${redrive && html`<${RedriveDialog} row=${row} refs=${redrive.refs} queues=${queues} onClose=${() => setRedrive(null)} onStarted=${() => { setSelected(new Map()); onChanged(); }} />`}
  </section>`;
}
