import { Random } from './random.js';

const AWKWARD = 'abc \u00e9\u4f60\u{1F600}"\\\n\u0000/\u2028';
/** Characters that take much more room in an answer than in a body, or more bytes than one. */
const COSTLY = ['\u0001', '\u0000x', '\u4f60', '\u{1F600}', '"\\', '\u2028'];
const TEXT_BYTES_MAX = 128_000;
const KEY = /[kl]\d+/;

/**
 * The message of a key: {sent: what a push sends, text: exactly what has to come back}. The key alone says what it is: small most of
 * the time if it begins with a k, up to the largest that may be if it begins with an l.
 */
export function bodyOf(key) {
  const random = new Random(key);
  if (key.startsWith('l')) return largeBody(key, random);
  const filling = AWKWARD.repeat(random.chance(0.03) ? random.below(600) : random.below(20));
  if (random.chance(0.33)) {
    const body = { key, n: [random.below(100), null, filling, -0.5, true] };
    return { sent: { body }, text: JSON.stringify(body) };
  }
  const text = `${key} ${filling}`;
  return { sent: { body: text, content_type: 'text' }, text };
}

function largeBody(key, random) {
  const piece = random.pick(COSTLY);
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
