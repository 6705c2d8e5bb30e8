import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Serializer } from 'node:v8';
import { v8Value } from '../../npm/workers/src/v8-value.js';

/** The bytes that V8 makes of a value, as workerd asks it to. */
function serialized(value) {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return new Uint8Array(serializer.releaseBuffer());
}

const again = (value) => v8Value(serialized(value));

const shared = { shared: true };
const circle = { name: 'circle' };
circle.self = circle;
const withProperties = Object.assign([1, 2], { more: 'x' });
const sparse = [];
sparse[5_000_000] = 'far';

const VALUES = {
  scalars: [undefined, null, true, false, 0, -0, 1, -1, 2 ** 30, -(2 ** 31), 2 ** 31, 2 ** 53, 1.5, NaN, -Infinity],
  bigints: [0n, 1n, -1n, 2n ** 64n, -(2n ** 200n)],
  strings: ['', 'latin1 é', 'two bytes €', '😀', '\ud800', 'a\0b', 'x'.repeat(100_000), '€'.repeat(50_000)],
  objects: [{}, { a: 1, 2: 'two', nested: { deep: [{}] } }, JSON.parse('{"__proto__":{"x":1}}')],
  arrays: [[], [1, , 3], [[[]]], sparse, withProperties, Array(3)],
  collections: [new Map([[1, new Map([[{}, new Set([1n])]])]]), new Set(['a', NaN])],
  dates: [new Date(0), new Date(-1), new Date(8.64e15)],
  patterns: [/x/, /[€]+/gimsuy, /a/d, /\p{L}/v],
  wrapped: [Object(1), Object(true), Object(false), Object('s'), Object(7n)],
  buffers: [new ArrayBuffer(0), new Uint8Array([1, 2, 3]).buffer, new ArrayBuffer(2, { maxByteLength: 8 })],
  views: [
    new Int8Array([-1]), new Uint8Array([255]), new Uint8ClampedArray([1]), new Int16Array([-2, 3]), new Uint16Array([1]),
    new Int32Array([-5]), new Uint32Array([5]), new Float32Array([1.5]), new Float64Array([Math.PI]),
    new BigInt64Array([-1n]), new BigUint64Array([1n]), new DataView(new ArrayBuffer(4), 1, 2), new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  ], // prettier-ignore
};

for (const [kind, values] of Object.entries(VALUES)) {
  test(`${kind} are read as they were written`, () => {
    for (const value of values) {
      if (value instanceof ArrayBuffer) assert.deepEqual(new Uint8Array(again(value)), new Uint8Array(value));
      else assert.deepStrictEqual(again(value), value);
      assert.deepStrictEqual(again({ value }).value, again(value));
    }
  });
}

test('objects that occur twice are the same object, also in a circle', () => {
  const [a, b, view, buffer] = again([shared, shared, ...(() => { const v = new Uint8Array(2); return [v, v.buffer]; })()]);
  assert.equal(a, b);
  assert.equal(view.buffer, buffer);
  const read = again(circle);
  assert.equal(read.self, read);
  const map = new Map();
  map.set('me', map);
  const readMap = again(map);
  assert.equal(readMap.get('me'), readMap);
});

test('errors keep their class, text and cause', () => {
  for (const error of [new TypeError('wrong', { cause: { code: 7 } }), new Error('plain'), new RangeError('')]) {
    const read = again({ error }).error;
    assert.equal(read.constructor, error.constructor);
    assert.equal(read.message, error.message);
    assert.equal(read.stack, error.stack);
    assert.deepEqual(read.cause, error.cause);
  }
});

test('an invalid date stays invalid', () => {
  assert.ok(Number.isNaN(again(new Date(NaN)).getTime()));
});

test('a property named __proto__ does not change the prototype', () => {
  const read = again(JSON.parse('{"__proto__":{"polluted":1}}'));
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
  assert.equal(read.polluted, undefined);
  assert.deepEqual(Object.keys(read), ['__proto__']);
});

test('what is not a value fails with a TypeError', () => {
  const failing = [
    [[], /truncated/],
    [[0x7b], /not a v8 value/],
    [[0xff], /truncated/],
    [[0xff, 12, 0x30], /format 12/],
    [[0xff, 16, 0x30], /format 16/],
    [[0xff, 15], /truncated/],
    [[0xff, 15, 0x77], /only V8 can read/],
    [[0xff, 15, 0x5c, 1], /class of workerd/],
    [[0xff, 15, 0x5e, 9], /does not contain/],
    [[0xff, 15, 0x41, 0xff, 0xff, 0xff, 0xff, 0x0f], /truncated/],
    [[0xff, 15, 0x22, 0xff, 0xff, 0xff, 0xff, 0x0f], /truncated/],
    [[0xff, 15, 0x6f, 0x5f, 0x5f], /no name/],
    [[0xff, 15, 0x55, ...Array(20).fill(0x80)], /without an end|truncated/],
    [[0xff, 15, ...Array(100_000).fill(0x41).flatMap(() => [0x41, 1])], /./],
  ];
  for (const [bytes, text] of failing) {
    assert.throws(() => v8Value(Uint8Array.from(bytes)), (error) => error instanceof TypeError && text.test(error.message), String(bytes.slice(0, 9)));
  }
});

test('damaged values are read or fail with a TypeError, and never take long', () => {
  const originals = Object.values(VALUES).map((values) => serialized(values.filter((value) => !(value?.length > 1000))));
  let seed = 20261128;
  const random = (bound) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % bound;
  };
  let failed = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = originals[random(originals.length)].slice();
    for (let changes = 0; changes <= random(3); changes++) bytes[2 + random(bytes.length - 2)] = random(256);
    const damaged = random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    try {
      v8Value(damaged);
    } catch (error) {
      assert.ok(error instanceof TypeError, error.stack);
      failed++;
    }
  }
  assert.ok(failed > 1000, `${failed} of them fail`);
});
