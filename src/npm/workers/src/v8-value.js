/**
 * Reads values as V8 serializes them (versions 13 to 15 of its format), which is the content type `v8` of messages. It
 * does not use V8's own deserializer, so that it runs in every Worker, and hostile input can do no more than fail.
 */

const VERSION_MIN = 13;
const VERSION_MAX = 15;
const VERSION_WITH_VIEW_FLAGS = 14;

const VIEWS = {
  b: Int8Array,
  B: Uint8Array,
  C: Uint8ClampedArray,
  w: Int16Array,
  W: Uint16Array,
  d: Int32Array,
  D: Uint32Array,
  f: Float32Array,
  F: Float64Array,
  q: BigInt64Array,
  Q: BigUint64Array,
  '?': DataView,
};
const LENGTH_TRACKING = 1;
const ERRORS = { E: EvalError, R: RangeError, F: ReferenceError, S: SyntaxError, T: TypeError, U: URIError };
/** The number of errors among the objects that workerd serializes itself, and the names of their classes by number. */
const WORKERD_ERROR = 10;
const WORKERD_ERROR_NAMES = [
  undefined, 'Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'CompileError', 'LinkError',
  'RuntimeError', 'SuspendError', 'EvalError', 'URIError', 'AggregateError', 'SuppressedError',
]; // prettier-ignore
/** Letters of the flags of a regular expression, from the lowest bit on; one flag has no letter. */
const FLAGS = ['g', 'i', 'm', 'y', 'u', 's', undefined, 'd', 'v'];

const HEADER = 0xff;
const PADDING = 0;

/**
 * The value in these bytes.
 *
 * @param {Uint8Array} bytes
 * @throws {TypeError} if they are not a value, or one of a kind that only V8 can read
 */
export function v8Value(bytes) {
  try {
    return new Reader(bytes).value();
  } catch (error) {
    if (error instanceof TypeError) throw error;
    // A number, a length or a nesting that no engine accepts.
    throw new TypeError(`The body is not a readable v8 value: ${error.message}`);
  }
}

class Reader {
  #bytes;
  #view;
  #at = 0;
  #version;
  /** Objects by number, for references. */
  #objects = [];

  constructor(bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#byte() !== HEADER) throw new TypeError('The body is not a v8 value.');
    this.#version = this.#varint();
    if (this.#version < VERSION_MIN || this.#version > VERSION_MAX) {
      throw new TypeError(`The body is a v8 value of format ${this.#version}; only ${VERSION_MIN} to ${VERSION_MAX} can be read.`);
    }
  }

  value() {
    const value = this.#scalarOrObject(this.#tag());
    // A view follows its buffer, and stands for both.
    return value instanceof ArrayBuffer && this.#peek() === 'V' ? this.#bufferView(value) : value;
  }

  #scalarOrObject(tag) {
    switch (tag) {
      case '_':
        return undefined;
      case '0':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'I': {
        const zigzag = this.#varint();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case 'U':
        return this.#varint();
      case 'N':
        return this.#double();
      case 'Z':
        return this.#bigint();
      case '"':
      case 'c':
      case 'S':
        return this.#string(tag);
      default:
        return this.#object(tag);
    }
  }

  #object(tag) {
    switch (tag) {
      case '^':
        return this.#reference(this.#varint());
      case 'o':
        return this.#properties(this.#remember({}), '{', 1);
      case 'A':
        return this.#denseArray();
      case 'a':
        return this.#sparseArray();
      case ';':
        return this.#map();
      case "'":
        return this.#set();
      case 'D':
        return this.#remember(new Date(this.#double()));
      case 'R':
        return this.#remember(this.#regExp());
      case 'y':
        return this.#remember(Object(true));
      case 'x':
        return this.#remember(Object(false));
      case 'n':
        return this.#remember(Object(this.#double()));
      case 'z':
        return this.#remember(Object(this.#bigint()));
      case 's':
        return this.#remember(Object(this.#string(this.#tag())));
      case 'B':
        return this.#remember(this.#slice(this.#varint()).buffer);
      case '~': {
        const length = this.#varint();
        this.#varint();
        return this.#remember(this.#slice(length).buffer);
      }
      case 'r':
        return this.#error();
      case '\\':
        return this.#workerdError();
      default:
        throw new TypeError(`The body contains something of kind ${JSON.stringify(tag)} that only V8 can read.`);
    }
  }

  /** Reads properties up to the end tag, and as many numbers after it. */
  #properties(target, end, numbers) {
    while (this.#peek() !== end) {
      const key = this.value();
      if (typeof key !== 'string' && typeof key !== 'number') throw new TypeError('A property of the v8 value has no name.');
      const property = { value: this.value(), writable: true, enumerable: true, configurable: true };
      Object.defineProperty(target, key, property);
    }
    this.#tag();
    for (let i = 0; i < numbers; i++) this.#varint();
    return target;
  }

  #denseArray() {
    const length = this.#varint();
    if (length > this.#bytes.length - this.#at) throw truncated();
    const array = this.#remember(new Array(length));
    for (let i = 0; i < length; i++) {
      if (this.#peek() === '-') this.#tag();
      else array[i] = this.value();
    }
    return this.#properties(array, '$', 2);
  }

  #sparseArray() {
    return this.#properties(this.#remember(new Array(this.#varint())), '@', 2);
  }

  #map() {
    const map = this.#remember(new Map());
    while (this.#peek() !== ':') map.set(this.value(), this.value());
    this.#tag();
    this.#varint();
    return map;
  }

  #set() {
    const set = this.#remember(new Set());
    while (this.#peek() !== ',') set.add(this.value());
    this.#tag();
    this.#varint();
    return set;
  }

  #regExp() {
    const source = this.#string(this.#tag());
    const bits = this.#varint();
    return new RegExp(source, FLAGS.filter((letter, bit) => letter && bits & (1 << bit)).join(''));
  }

  #bufferView(buffer) {
    this.#tag();
    const View = VIEWS[String.fromCharCode(this.#varint())];
    const offset = this.#varint();
    const length = this.#varint();
    const flags = this.#version >= VERSION_WITH_VIEW_FLAGS ? this.#varint() : 0;
    if (View === undefined) throw new TypeError('The body contains a view of a buffer of an unknown kind.');
    const size = View.BYTES_PER_ELEMENT ?? 1;
    const bytes = flags & LENGTH_TRACKING ? buffer.byteLength - offset : length;
    return this.#remember(new View(buffer, offset, Math.floor(bytes / size)));
  }

  #error() {
    const number = this.#objects.push(undefined) - 1;
    let Type = Error;
    let message;
    let stack;
    const options = {};
    for (;;) {
      const tag = String.fromCharCode(this.#varint());
      if (tag === '.') break;
      else if (ERRORS[tag]) Type = ERRORS[tag];
      else if (tag === 'm') message = this.#string(this.#tag());
      else if (tag === 's') stack = this.#string(this.#tag());
      else if (tag === 'c') options.cause = this.value();
      else throw new TypeError('The body contains an error of an unknown form.');
    }
    const error = new Type(message, options);
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
    this.#objects[number] = error;
    return error;
  }

  /** An object that workerd writes by itself. It does so with errors; its other classes exist in workerd only. */
  #workerdError() {
    const number = this.#objects.push(undefined) - 1;
    if (this.#varint() !== WORKERD_ERROR) throw new TypeError('The body contains an object of a class of workerd.');
    const known = WORKERD_ERROR_NAMES[this.#varint()];
    const name = known ?? String(this.value());
    const Type = Object.values(ERRORS).find((type) => type.name === name) ?? Error;
    const error = new Type(String(this.value()));
    this.#objects[number] = error;
    const hidden = (value) => ({ value, writable: true, configurable: true });
    if (error.name !== name) Object.defineProperty(error, 'name', hidden(name));
    for (const [key, value] of Object.entries(this.value() ?? {})) Object.defineProperty(error, key, hidden(value));
    return error;
  }

  #remember(object) {
    this.#objects.push(object);
    return object;
  }

  #reference(number) {
    const object = this.#objects[number];
    if (object === undefined) throw new TypeError('The v8 value refers to an object that it does not contain.');
    return object;
  }

  #string(tag) {
    const length = this.#varint();
    if (tag === '"') return latin1(this.#slice(length));
    if (tag === 'c') return utf16(this.#slice(length));
    if (tag === 'S') return new TextDecoder().decode(this.#slice(length));
    throw new TypeError('The v8 value has no string where one is due.');
  }

  #bigint() {
    const bits = this.#varint();
    const digits = this.#slice(bits >>> 1);
    let hex = '';
    for (const digit of digits) hex = digit.toString(16).padStart(2, '0') + hex;
    const magnitude = BigInt(`0x${hex || '0'}`);
    return bits & 1 ? -magnitude : magnitude;
  }

  #double() {
    const at = this.#advance(8);
    return this.#view.getFloat64(at, true);
  }

  /** An unsigned number of 32 bits, seven bits in a byte, the lowest first. */
  #varint() {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return number >>> 0;
      if (shift > 63) throw new TypeError('The v8 value has a number without an end.');
    }
  }

  #tag() {
    this.#skipPadding();
    return String.fromCharCode(this.#byte());
  }

  /** The next tag, or undefined at the end. */
  #peek() {
    this.#skipPadding();
    return this.#at < this.#bytes.length ? String.fromCharCode(this.#bytes[this.#at]) : undefined;
  }

  #skipPadding() {
    while (this.#at < this.#bytes.length && this.#bytes[this.#at] === PADDING) this.#at++;
  }

  #byte() {
    return this.#bytes[this.#advance(1)];
  }

  /** A copy of the next bytes, in a buffer of their own. */
  #slice(length) {
    const at = this.#advance(length);
    return this.#bytes.slice(at, at + length);
  }

  #advance(length) {
    const at = this.#at;
    if (length > this.#bytes.length - at) throw truncated();
    this.#at = at + length;
    return at;
  }
}

const truncated = () => new TypeError('The v8 value is truncated.');

function latin1(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return text;
}

function utf16(bytes) {
  if (bytes.length % 2 !== 0) throw new TypeError('The v8 value has half a character.');
  const view = new DataView(bytes.buffer);
  const units = Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
  let text = '';
  for (let at = 0; at < units.length; at += 0x8000) text += String.fromCharCode(...units.slice(at, at + 0x8000));
  return text;
}
