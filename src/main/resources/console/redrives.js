// Dead letters that go back.
import { html, useRef, useState } from './lib/preact.js';
import * as api from './api.js';
import { count, visibleLine } from './format.js';
import { Dialog, usePolling } from './parts.js';

/** Asks where the messages go. Without refs all that are ready. */
export function RedriveDialog({ row, refs, queues, onClose, onStarted }) {
  const [to, setTo] = useState('origin');
  const start = async (form) => {
    const spec = {};
    if (refs) spec.refs = refs;
    if (to === 'queue') spec.destination_queue_name = form.get('destination');
    if (form.get('limit')) spec.limit = Number(form.get('limit'));
    if (form.get('rate')) spec.messages_per_second = Number(form.get('rate'));
    await api.redrive(row.queue_id, spec);
    onStarted();
  };
  const what = refs ? `${count(refs.length)} ${refs.length === 1 ? 'message' : 'messages'}` : 'all ready messages';
  return html`<${Dialog} title="Redrive ${what} of ${visibleLine(row.queue_name)}" action="Redrive" onClose=${onClose} onAction=${start}>
    <fieldset>
      <label class="choice"><input type="radio" name="to" checked=${to === 'origin'} onChange=${() => setTo('origin')} /> To the queue that each came from</label>
      <label class="choice"><input type="radio" name="to" checked=${to === 'queue'} onChange=${() => setTo('queue')} /> To another queue</label>
      ${to === 'queue' && html`<label>Queue <select name="destination" required>
        ${[...queues.values()].filter((each) => each.queue_id !== row.queue_id).slice(0, 1000).map((each) => html`<option value=${each.queue_name}>${visibleLine(each.queue_name)}</option>`)}
      </select></label>`}
    </fieldset>
    ${!refs && html`<label>Messages at most <input name="limit" type="number" min="1" placeholder="no limit" /></label>`}
    <label>Messages per second <input name="rate" type="number" min="1" max="100000" placeholder="no limit" /></label>
  <//>`;
}

/** The latest redrives of a queue, with their progress. */
export function Redrives({ row, mayWrite, version, onMoved }) {
  const [list, setList] = useState([]);
  const progress = useRef(null);
  usePolling(async (ended) => {
    const read = await api.redrives(row.queue_id).catch(() => null);
    if (!read || ended()) return;
    setList(read);
    const now = read.map(({ redrive_id, moved, status }) => `${redrive_id} ${moved} ${status}`).join();
    const changed = progress.current !== null && progress.current !== now;
    progress.current = now;
    // The messages that moved are no longer in the list below.
    if (changed) onMoved();
  }, 1500, [row.queue_id, version]);
  if (!list.length) return null;
  return html`<section class="card"><h2>Redrives</h2>
    ${list.map((each) => html`<div class="redrive" key=${each.redrive_id}>
      <span class="badge ${each.status}">${each.status}</span>
      <span>${count(each.moved)} moved${each.skipped ? `, ${count(each.skipped)} skipped` : ''} to ${each.destination_queue_name ? visibleLine(each.destination_queue_name) : 'where they came from'}</span>
      ${each.reason && html`<span class="muted">${visibleLine(each.reason)}</span>`}
      ${mayWrite && each.status === 'running' && html`<button onClick=${() => api.cancelRedrive(each.redrive_id)}>Cancel</button>`}
    </div>`)}
  </section>`;
}
