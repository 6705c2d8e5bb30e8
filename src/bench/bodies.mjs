/** Bodies of push requests. The text has exactly the size that the scenario specifies. */

const LETTERS = 'the quick brown fox jumps over the lazy dog and back again ';

const letters = (bytes) => LETTERS.repeat(Math.ceil(bytes / LETTERS.length)).slice(0, bytes);

/** A push of a text message. */
export const text = (bytes) => JSON.stringify({ body: letters(bytes), content_type: 'text' });

/** A push of a JSON message whose compact text has this size. */
export function json(bytes) {
  const item = { id: 4711, name: 'order of a customer', price: 19.99, open: true, tags: ['a', 'b'] };
  const body = { items: [], note: '' };
  while (JSON.stringify({ ...body, items: [...body.items, item] }).length <= bytes) {
    const missing = Math.floor((bytes - JSON.stringify(body).length) / (JSON.stringify(item).length + 1));
    body.items.push(...Array(Math.max(1, missing)).fill(item));
  }
  body.note = 'x'.repeat(bytes - JSON.stringify(body).length);
  return JSON.stringify({ body, content_type: 'json' });
}

/** Two thirds small, a quarter medium, the rest large; half of each are text and half are JSON. */
export const mixed = [
  ...[text(200), json(200), text(200), json(200), text(200), json(200), text(200), json(200)],
  ...[text(2048), json(2048), text(2048)],
  ...[json(65_536)],
];
