// Message bodies: JSON folded and coloured, text, bytes as hex. Everything becomes text nodes, never markup.
import { html, useState } from './lib/preact.js';
import { bytes, count, visible, visibleLine } from './format.js';

const NODES_MAX = 200;
const TEXT_MAX = 16 * 1024;
const HEX_MAX = 2 * 1024;
/** Larger documents are shown as text first. */
const JSON_MAX = 256 * 1024;

function More({ shown, all, unit, onAll }) {
  return all > shown && html`<button class="link" onClick=${onAll}>Show all ${unit === 'bytes' ? bytes(all) : `${count(all)} ${unit}`}</button>`;
}

function Text({ text }) {
  const [max, setMax] = useState(TEXT_MAX);
  return html`<pre class="text">${visible(text.slice(0, max))}</pre>
    <${More} shown=${max} all=${text.length} unit="characters" onAll=${() => setMax(text.length)} />`;
}

function hex(data, from) {
  const line = data.subarray(from, from + 16);
  const digits = Array.from(line, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = Array.from(line, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
  return `${from.toString(16).padStart(6, '0')}  ${digits.padEnd(47)}  ${text}`;
}

function Hex({ base64 }) {
  const [max, setMax] = useState(HEX_MAX);
  const data = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const lines = [];
  for (let from = 0; from < Math.min(max, data.length); from += 16) lines.push(hex(data, from));
  return html`<pre class="hex">${lines.join('\n') || '(empty)'}</pre>
    <${More} shown=${max} all=${data.length} unit="bytes" onAll=${() => setMax(data.length)} />`;
}

function Value({ value }) {
  const type = value === null ? 'null' : typeof value;
  const text = type === 'string' ? visibleLine(JSON.stringify(value)) : String(value);
  return html`<span class="json-${type}">${text}</span>`;
}

function Node({ name, value, depth }) {
  const [max, setMax] = useState(NODES_MAX);
  const [open, setOpen] = useState(depth < 2);
  const label = name === undefined ? '' : html`<span class="json-key">${visibleLine(String(name))}</span>: `;
  if (value === null || typeof value !== 'object') {
    return html`<div class="json-leaf">${label}<${Value} value=${value} /></div>`;
  }
  const entries = Array.isArray(value) ? value.map((each, index) => [index, each]) : Object.entries(value);
  const size = Array.isArray(value) ? `[ ${entries.length} ]` : `{ ${entries.length} }`;
  return html`<details class="json" open=${open} onToggle=${(event) => event.target === event.currentTarget && setOpen(event.currentTarget.open)}>
    <summary>${label}<span class="json-size">${size}</span></summary>
    ${open && entries.slice(0, max).map(([key, each]) => html`<${Node} key=${key} name=${key} value=${each} depth=${depth + 1} />`)}
    ${open && html`<${More} shown=${max} all=${entries.length} unit="entries" onAll=${() => setMax(entries.length)} />`}
  </details>`;
}

function Json({ text }) {
  const [raw, setRaw] = useState(text.length > JSON_MAX);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return html`<${Text} text=${text} />`;
  }
  return html`<div class="tools"><button class="link" onClick=${() => setRaw(!raw)}>${raw ? 'Show as tree' : 'Show as text'}</button></div>
    ${raw ? html`<${Text} text=${text} />` : html`<div class="tree"><${Node} value=${value} depth=${0} /></div>`}`;
}

/** The body of a message of a peek. */
export function Body({ message }) {
  if (message.body_encoding === 'base64') return html`<${Hex} base64=${message.body} />`;
  return message.content_type === 'json' ? html`<${Json} text=${message.body} />` : html`<${Text} text=${message.body} />`;
}

/** The beginning of a body, in one line. */
export function preview(message) {
  if (message.body_encoding === 'base64') return `${message.content_type}, ${bytes(message.body_bytes)}`;
  return visibleLine(message.body.slice(0, 160));
}
