import { Random } from './random.js';

const SPECIAL_CHARACTERS = 'abc \u00e9\u4f60\u{1F600}"\\\n\u0000/\u2028';
/** Characters that are much longer in a response than in a body, or have several bytes. */
const EXPANDING_CHARACTERS = ['\u0001', '\u0000x', '\u4f60', '\u{1F600}', '"\\', '\u2028'];
const TEXT_BYTES_MAX = 128_000;
const KEY = /[kl]\d+/;

/**
 * The message of a key: {sent: the body in the push, text: the expected body in a pull}. The key determines the
 * message: mostly small if it begins with k, up to the maximum size if it begins with l.
 */
export function bodyOf(key) {
  const random = new Random(key);
  if (key.startsWith('l')) return largeBody(key, random);
  const filling = SPECIAL_CHARACTERS.repeat(random.chance(0.03) ? random.below(600) : random.below(20));
  if (random.chance(0.33)) {
    const body = { key, n: [random.below(100), null, filling, -0.5, true] };
    return { sent: { body }, text: JSON.stringify(body) };
  }
  const text = `${key} ${filling}`;
  return { sent: { body: text, content_type: 'text' }, text };
}

function largeBody(key, random) {
  const piece = random.pick(EXPANDING_CHARACTERS);
  const bytes = random.chance(0.5) ? TEXT_BYTES_MAX : 1 + random.below(TEXT_BYTES_MAX);
  if (random.chance(0.25)) {
    const times = Math.floor((bytes - JSON.stringify({ key, filling: '' }).length) / (Buffer.byteLength(JSON.stringify(piece)) - 2));
    const body = { key, filling: piece.repeat(Math.max(0, times)) };
    return { sent: { body }, text: JSON.stringify(body) };
  }
  const times = Math.floor((bytes - key.length - 1) / Buffer.byteLength(piece));
  const text = `${key} ${piece.repeat(Math.max(0, times))}`;
  return { sent: { body: text, content_type: 'text' }, text };
}

/** The size of the message of a key, as counted by the server. */
export const bytesOf = (key) => Buffer.byteLength(bodyOf(key).text);

/**
 * The key of a pulled or peeked message, and whether its body differs from the pushed one in any bit: {key, changed}.
 */
export function identify({ body, metadata }) {
  const json = metadata['CF-Content-Type'] === 'json';
  const bytes = json ? Buffer.from(body, 'base64') : Buffer.from(body);
  const text = bytes.toString();
  const key = KEY.exec(text)?.[0];
  const expected = key && bodyOf(key);
  const same = expected && bytes.equals(Buffer.from(expected.text)) && json === !expected.sent.content_type;
  return same ? { key } : { key, changed: text.slice(0, 200) };
}
