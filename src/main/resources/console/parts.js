// Parts that several pages use: dialogs, notices, badges.
import { html, useEffect, useRef, useState } from './lib/preact.js';
import { visibleLine } from './format.js';

/** A modal dialog. It closes by its button, by Escape, and when its action succeeded. */
export function Dialog({ title, action, danger, onAction, onClose, children }) {
  const place = useRef(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  useEffect(() => { place.current.showModal(); }, []);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      await onAction(new FormData(event.target));
      onClose();
    } catch (failure) {
      setError(failure.message);
      setBusy(false);
    }
  };
  return html`<dialog ref=${place} onClose=${onClose} aria-label=${title}>
    <form onSubmit=${submit}>
      <h2>${title}</h2>
      ${children}
      ${error && html`<p class="error" role="alert">${error}</p>`}
      <div class="actions">
        <button type="button" onClick=${() => place.current.close()}>Cancel</button>
        <button class=${danger ? 'danger' : 'primary'} disabled=${busy}>${action}</button>
      </div>
    </form>
  </dialog>`;
}

/** The name of a queue, harmless whatever it holds. */
export const Name = ({ name }) => html`<bdi class="name">${visibleLine(name)}</bdi>`;

export function Badges({ row }) {
  const consumer = row.consumer;
  return html`<span class="badges">
    ${row.delivery_paused && html`<span class="badge paused">paused</span>`}
    ${!consumer && html`<span class="badge none">no consumer</span>`}
    ${consumer && consumer.type === 'http_pull' && html`<span class="badge">pull</span>`}
    ${consumer && consumer.type === 'worker' && html`<span class="badge worker" title=${visibleLine(consumer.script_name || '')}>worker</span>`}
  </span>`;
}

/** Runs a function now and again after each pause while the page is visible. */
export function usePolling(run, millis, dependencies) {
  useEffect(() => {
    let timer;
    let ended = false;
    const next = async () => {
      if (!document.hidden) await run(() => ended);
      if (!ended) timer = setTimeout(next, millis);
    };
    next();
    return () => { ended = true; clearTimeout(timer); };
  }, dependencies);
}

export function useMedia(query) {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const listen = () => setMatches(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, [query]);
  return matches;
}
