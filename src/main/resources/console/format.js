// Numbers, times and text for people.
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

/** Text whose control characters, direction marks and other invisible characters are spelled out. */
export const visible = (text) => text.replace(INVISIBLE, (char) => {
  const code = char.codePointAt(0);
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '\u2421' : `\\u${code.toString(16).padStart(4, '0')}`;
});

/** The same for one line. */
export const visibleLine = (text) => visible(text).replace(/\n/g, '\u240a').replace(/\t/g, '\u2409');

export const count = (number) => number.toLocaleString('en-US');

export function short(number) {
  if (number < 10000) return Number.isInteger(number) ? String(number) : number.toFixed(1);
  return number < 1e6 ? `${(number / 1e3).toFixed(number < 1e5 ? 1 : 0)}k` : `${(number / 1e6).toFixed(1)}M`;
}

export function bytes(number) {
  if (number < 1000) return `${number} B`;
  return number < 1e6 ? `${(number / 1e3).toFixed(1)} kB` : number < 1e9 ? `${(number / 1e6).toFixed(1)} MB` : `${(number / 1e9).toFixed(2)} GB`;
}

export function duration(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min` : `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export const age = (timestamp) => (timestamp ? duration(Date.now() - timestamp) : '–');
export const time = (timestamp) => new Date(timestamp).toISOString().replace('T', ' ').replace('Z', ' UTC');
export const when = (timestamp) => (timestamp > Date.now() ? `in ${duration(timestamp - Date.now())}` : `${duration(Date.now() - timestamp)} ago`);
