/** Reproducible random numbers: the same seed makes the same choices in the same order. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = hash(String(seed));
  }

  /** A number from 0 (inclusive) to 1 (exclusive). */
  #next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 (inclusive) to `limit` (exclusive). */
  below(limit) {
    return Math.floor(this.#next() * limit);
  }

  chance(share) {
    return this.#next() < share;
  }

  pick(list) {
    return list[this.below(list.length)];
  }
}

function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
