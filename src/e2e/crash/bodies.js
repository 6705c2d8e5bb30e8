import { Random } from './random.js';

const AWKWARD = 'abc \u00e9\u4f60\u{1F600}"\\\n\u0000/\u2028';
const KEY = /k\d+/;

/** The message of a key: {sent: what a push sends, text: exactly what has to come back}. The key alone says what it is. */
export function bodyOf(key) {
  const random = new Random(key);
  const filling = AWKWARD.repeat(random.chance(0.03) ? random.below(600) : random.below(20));
  if (random.chance(0.33)) {
    const body = { key, n: [random.below(100), null, filling, -0.5, true] };
    return { sent: { body }, text: JSON.stringify(body) };
  }
  const text = `${key} ${filling}`;
  return { sent: { body: text, content_type: 'text' }, text };
}

/** Bytes that the message of a key counts with. */
export const bytesOf = (key) => Buffer.byteLength(bodyOf(key).text);

/** Which message a pulled or peeked one is, and whether its body is what was pushed, bit by bit: {key, changed}. */
export function identify({ body, metadata }) {
  const json = metadata['CF-Content-Type'] === 'json';
  const bytes = json ? Buffer.from(body, 'base64') : Buffer.from(body);
  const text = bytes.toString();
  const key = KEY.exec(text)?.[0];
  const expected = key && bodyOf(key);
  const same = expected && bytes.equals(Buffer.from(expected.text)) && json === !expected.sent.content_type;
  return same ? { key } : { key, changed: text.slice(0, 200) };
}
