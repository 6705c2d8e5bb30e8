// One queue: its figures, rates, settings, consumer, and messages.
import { html, useEffect, useState } from './lib/preact.js';
import * as api from './api.js';
import { RateChart } from './chart.js';
import { age, bytes, count, duration, short, visibleLine } from './format.js';
import { Messages } from './messages.js';
import { Badges, Dialog, Name, useMedia, usePolling } from './parts.js';
import { Redrives } from './redrives.js';

const SAMPLES_MAX = 300;

const Tile = ({ label, value }) => html`<div class="tile"><span class="value">${value}</span><span class="label">${label}</span></div>`;

function PushDialog({ row, onClose, onPushed }) {
  const push = async (form) => {
    const type = form.get('type');
    let body = form.get('body');
    if (type === 'json') {
      try {
        body = JSON.parse(body);
      } catch (invalid) {
        throw new Error(`The body is not JSON: ${invalid.message}`);
      }
    }
    await api.push(row.queue_id, { body, content_type: type, ...(form.get('delay') ? { delay_seconds: Number(form.get('delay')) } : {}) });
    onPushed();
  };
  return html`<${Dialog} title="Push a message to ${visibleLine(row.queue_name)}" action="Push" onClose=${onClose} onAction=${push}>
    <label>Type <select name="type"><option value="json">json</option><option value="text">text</option></select></label>
    <label>Body <textarea name="body" rows="8" autofocus spellcheck="false"></textarea></label>
    <label>Delay in seconds <input name="delay" type="number" min="0" placeholder="that of the queue" /></label>
  <//>`;
}

function Settings({ details, subscriptions }) {
  const settings = details.settings;
  const consumer = details.consumers[0];
  const facts = [
    ['Queue id', html`<code>${details.queue_id}</code>`],
    ['Created', details.created_on],
    ['Delivery delay', duration(settings.delivery_delay * 1000)],
    ['Retention', duration(settings.message_retention_period * 1000)],
  ];
  if (consumer) {
    facts.push(['Consumer', consumer.type === 'worker' ? `worker ${visibleLine(consumer.script_name)}` : 'pull over HTTP']);
    facts.push(['Dead letter queue', consumer.dead_letter_queue ? visibleLine(consumer.dead_letter_queue) : 'none']);
    Object.entries(consumer.settings).filter(([, value]) => value !== null).forEach(([key, value]) => facts.push([key.replaceAll('_', ' '), String(value)]));
  } else {
    facts.push(['Consumer', 'none']);
  }
  subscriptions.forEach((each) => facts.push(['Subscription', `${visibleLine(each.name)}, ${each.enabled ? 'enabled' : 'off'}`]));
  return html`<section class="card"><h2>Settings</h2><dl class="fields">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

function Actions({ row, onDialog }) {
  return html`<div class="actions">
    <button class="primary" onClick=${() => onDialog('push')}>Push a message</button>
    <button onClick=${() => onDialog('pause')}>${row.delivery_paused ? 'Resume' : 'Pause'}</button>
    <button class="danger" onClick=${() => onDialog('purge')}>Purge</button>
    <button class="danger" onClick=${() => onDialog('delete')}>Delete</button>
  </div>`;
}

function Confirmation({ kind, row, onClose, onDone, onDeleted }) {
  const name = html`<strong><${Name} name=${row.queue_name} /></strong>`;
  const total = row.backlog.ready + row.backlog.delayed + row.backlog.leased;
  const ask = {
    pause: row.delivery_paused
      ? ['Resume delivery', html`Consumers of ${name} get messages again.`, () => api.pause(row.queue_id, false)]
      : ['Pause delivery', html`Consumers of ${name} get no messages until delivery is resumed. Producers can still push.`, () => api.pause(row.queue_id, true)],
    purge: ['Purge', html`All ${count(total)} messages of ${name} are deleted for ever, leased ones too.`, () => api.purge(row.queue_id)],
    delete: ['Delete', html`The queue ${name} is deleted for ever, with ${count(total)} messages, its consumer and its subscriptions.`, () => api.deleteQueue(row.queue_id)],
  }[kind];
  return html`<${Dialog} title="${ask[0]}: ${visibleLine(row.queue_name)}" action="${ask[0]} ${visibleLine(row.queue_name)}" danger=${kind !== 'pause'} onClose=${onClose} onAction=${async () => { await ask[2](); kind === 'delete' ? onDeleted() : onDone(); }}>
    <p>${ask[1]}</p>
  <//>`;
}

export function QueuePage({ id, queues, mayWrite, onEnded, onDeleted }) {
  const [row, setRow] = useState(queues.get(id) || null);
  const [details, setDetails] = useState(null);
  const [subscriptions, setSubscriptions] = useState([]);
  const [samples, setSamples] = useState([]);
  const [error, setError] = useState('');
  const [dialog, setDialog] = useState('');
  const [version, setVersion] = useState(0);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const changed = () => setVersion((before) => before + 1);
  usePolling(async (ended) => {
    try {
      const read = await api.backlog(id);
      if (ended()) return;
      setRow(read);
      setError('');
      setSamples((before) => [...before, [Date.now(), read.rates.pushed, read.rates.delivered, read.rates.acknowledged]].slice(-SAMPLES_MAX));
    } catch (failure) {
      if (ended()) return;
      if (api.isEnded(failure)) onEnded();
      else setError(failure.message);
    }
  }, 2000, [id, version]);
  useEffect(() => {
    api.queue(id).then(setDetails, () => {});
    api.subscriptions().then((all) => setSubscriptions(all.filter(({ destination }) => destination && destination.queue_id === id)), () => {});
  }, [id, version]);
  if (!row) return html`<main class="page"><p><a href="#/">All queues</a></p>${error ? html`<p class="error" role="alert">${error}</p>` : html`<p class="muted">Loading …</p>`}</main>`;
  const { backlog, rates, totals } = row;
  return html`<main class="page">
    <nav><a href="#/">All queues</a></nav>
    <div class="title"><h1><${Name} name=${row.queue_name} /></h1><${Badges} row=${row} />${mayWrite && html`<${Actions} row=${row} onDialog=${setDialog} />`}</div>
    ${error && html`<p class="error" role="alert">${error}</p>`}
    <div class="tiles">
      <${Tile} label="ready" value=${short(backlog.ready)} /><${Tile} label="delayed" value=${short(backlog.delayed)} /><${Tile} label="leased" value=${short(backlog.leased)} />
      <${Tile} label="size" value=${bytes(backlog.bytes)} /><${Tile} label="oldest" value=${age(backlog.oldest_message_timestamp_ms)} />
      <${Tile} label="pushed/s" value=${short(rates.pushed)} /><${Tile} label="delivered/s" value=${short(rates.delivered)} />
    </div>
    <section class="card"><h2>Messages per second</h2><${RateChart} samples=${samples} dark=${dark} />
      <p class="muted">Since the start of the server: ${count(totals.pushed)} pushed, ${count(totals.delivered)} delivered, ${count(totals.acknowledged)} acknowledged, ${count(totals.retried)} retried, ${count(totals.dead_lettered)} dead-lettered, ${count(totals.expired)} expired.</p></section>
    <${Redrives} row=${row} mayWrite=${mayWrite} version=${version} onMoved=${changed} />
    <${Messages} row=${row} queues=${queues} mayWrite=${mayWrite} version=${version} onChanged=${changed} />
    ${details && html`<${Settings} details=${details} subscriptions=${subscriptions} />`}
    ${dialog === 'push' && html`<${PushDialog} row=${row} onClose=${() => setDialog('')} onPushed=${changed} />`}
    ${dialog && dialog !== 'push' && html`<${Confirmation} kind=${dialog} row=${row} onClose=${() => setDialog('')} onDone=${changed} onDeleted=${onDeleted} />`}
  </main>`;
}
