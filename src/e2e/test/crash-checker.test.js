import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, bytesOf, identify } from '../crash/bodies.js';
import { Checker } from '../crash/checker.js';

const QUEUES = {
  q: { visibilityMillis: 1_000, retriesMax: 1, retryDelaySeconds: 0, deadLetters: 'dead' },
  brief: { visibilityMillis: 1_000, retriesMax: 0, retryDelaySeconds: 0 },
  dead: { visibilityMillis: 1_000, retriesMax: 100, retryDelaySeconds: 0 },
};

/** A synthetic history, step by step. The clock advances only if a step requests it. */
class Story {
  #checker = new Checker(QUEUES);
  #at = 0;
  #ms = 1_000_000;
  #requests = 0;

  event(event) {
    this.#at += 1;
    this.#checker.onEvent({ at: this.#at, ms: this.#ms, ...event });
    return this;
  }

  later(millis) {
    this.#ms += millis;
    return this;
  }

  /** A request with a response, or, with `result` undefined, an interrupted one. */
  request(asked, result) {
    this.#requests += 1;
    const request = this.#requests;
    this.event({ event: 'sent', request, queue: 'q', ...asked });
    return result ? this.event({ event: 'succeeded', request, ...result }) : this.event({ event: 'cut', request });
  }

  push(keys, { queue = 'q', delayMillis = 0, result = {} } = {}) {
    this.pushedAt = this.#ms;
    return this.request({ kind: 'push', queue, messages: keys.map((key) => ({ key, delayMillis })) }, result);
  }

  lostPush(keys) {
    return this.push(keys, { result: null });
  }

  /** A pull or peek that returns one message. */
  shows(key, attempts, { queue = 'q', kind = 'pull', ...more } = {}) {
    const shown = { key, id: `id of ${key}`, attempts, timestamp: this.pushedAt, ...more };
    return this.request({ kind, queue, visibilityMillis: 1_000 }, { messages: [shown] });
  }

  cutPull(queue = 'q', batchSize = 1) {
    return this.request({ kind: 'pull', queue, batchSize, visibilityMillis: 1_000 });
  }

  /** Pulls that are in progress at the same time, for this many milliseconds, and are all interrupted. */
  pullsCutTogether(count, millis) {
    const first = this.#requests + 1;
    this.#requests += count;
    const all = Array.from({ length: count }, (_, n) => first + n);
    for (const request of all) this.event({ event: 'sent', request, kind: 'pull', queue: 'q', batchSize: 1, visibilityMillis: 1_000 });
    this.later(millis);
    for (const request of all) this.event({ event: 'cut', request });
    return this;
  }

  /** A request that is declined because the server is full. */
  declined(asked) {
    this.#requests += 1;
    const request = this.#requests;
    this.event({ event: 'sent', request, queue: 'q', ...asked });
    return this.event({ event: 'declined', request, status: 429, text: 'full' });
  }

  declinedPush(keys) {
    this.pushedAt = this.#ms;
    return this.declined({ kind: 'push', messages: keys.map((key) => ({ key, delayMillis: 0 })) });
  }

  declinedAck(key) {
    return this.declined({ kind: 'ack', acks: [{ pull: this.#requests, key }], retries: [] });
  }

  /** Acknowledges the message with the lease of the last pull. */
  ack(key, result = { ackCount: 1, retryCount: 0, warned: 0 }) {
    return this.request({ kind: 'ack', acks: [{ pull: this.#requests, key }], retries: [] }, result);
  }

  retry(key, delayMillis = 0, result = { ackCount: 0, retryCount: 1, warned: 0 }) {
    const lease = { pull: this.#requests, key };
    return this.request({ kind: 'ack', acks: [], retries: [{ lease, delayMillis }] }, result);
  }

  purge(result = {}) {
    return this.request({ kind: 'purge' }, result);
  }

  purgeRef(key, warned = []) {
    return this.request({ kind: 'purge refs', keys: [key] }, { warned });
  }

  counts(count, bytes, queue = 'q') {
    return this.event({ event: 'counted', queues: { [queue]: { count, bytes } } });
  }

  drainOf(keys) {
    return this.event({ event: 'draining', count: keys.length, bytes: keys.reduce((sum, key) => sum + bytesOf(key), 0) });
  }

  forget() {
    this.#checker.forget();
    return this;
  }

  right() {
    assert.deepEqual(this.#checker.violations, []);
  }

  wrong(...patterns) {
    const { violations } = this.#checker;
    assert.equal(violations.length, patterns.length, violations.join('\n'));
    patterns.forEach((pattern, i) => assert.match(violations[i], pattern));
  }
}

const drained = { event: 'drained' };
const clockSet = { event: 'clock set', aheadSeconds: 60 };
const story = () => new Story();
const moved = () => story().push(['k1']).shows('k1', 1).retry('k1').shows('k1', 2).retry('k1');

test('a history without faults has no violation', () => {
  story()
    .push(['k1', 'k2'])
    .lostPush(['k3'])
    .counts(2, bytesOf('k1') + bytesOf('k2'))
    .counts(3, bytesOf('k1') + bytesOf('k2') + bytesOf('k3'))
    .shows('k1', 1)
    .retry('k1')
    .shows('k1', 2)
    .ack('k1')
    .drainOf(['k2'])
    .shows('k2', 1)
    .ack('k2')
    .event(drained)
    .right();
});

test('a confirmed push that never appears again is lost, one without a response may be lost', () => {
  story().push(['k1']).drainOf([]).event(drained).wrong(/k1 of q is lost/);
  story().lostPush(['k1']).drainOf([]).event(drained).right();
});

test('a delivered message that was not acknowledged is lost if it does not appear again', () => {
  story().push(['k1'], { queue: 'dead' }).shows('k1', 1, { queue: 'dead' }).drainOf([]).event(drained).wrong(/k1 of dead is lost/);
  story().lostPush(['k1']).shows('k1', 1).drainOf([]).event(drained).wrong(/k1 of q is lost/);
});

test('a batch that is stored only in part is a violation', () => {
  story().lostPush(['k1', 'k2']).drainOf(['k1']).shows('k1', 1).ack('k1').event(drained).wrong(/k2 of q is lost/);
});

test('an acknowledged message must not come back, not even as a dead letter if its lease still ran', () => {
  story().push(['k1']).shows('k1', 1).ack('k1').later(5_000).shows('k1', 2).wrong(/k1 was acknowledged and is in q again/);
  story().push(['k1']).shows('k1', 1).later(5_000).shows('k1', 2).ack('k1').shows('k1', 1, { queue: 'dead' })
    .wrong(/k1 was acknowledged and is in dead again/, /too early/);
  story().push(['k1']).shows('k1', 1).ack('k1', null).later(5_000).shows('k1', 2).right();
});

test('a late acknowledgement does not affect a dead letter', () => {
  story().push(['k1']).shows('k1', 1).later(2_000).shows('k1', 2).later(2_000).ack('k1').shows('k1', 1, { queue: 'dead' }).right();
});

test('a message that was never pushed, is in the wrong queue, or was drained before must not appear', () => {
  story().push(['k1']).shows('k2', 1).wrong(/never pushed: k2/);
  story().push(['k1']).shows('k1', 1, { queue: 'brief' }).wrong(/pushed to q and is in brief/);
  story().push(['k7']).forget().shows('k7', 1).wrong(/k7 was drained long ago/);
});

test('a body that changed and an identity that changed are found', () => {
  story().push(['k1']).shows('k1', 1, { changed: 'k1 x' }).wrong(/k1 came back changed: k1 x/);
  story().push(['k1']).shows('k1', 1).later(5_000).shows('k1', 2, { id: 'other' }).wrong(/there twice/);
  story().push(['k1', 'k2']).shows('k1', 1, { id: 'same' }).shows('k2', 1, { id: 'same' }).wrong(/have the same id/);
  story().push(['k1']).shows('k1', 1, { timestamp: 5 }).wrong(/was not pushed at 5/);
  story().push(['k1']).event(clockSet).shows('k1', 1, { timestamp: 5 }).right();
});

test('attempts neither fall, nor repeat, nor jump without an interrupted pull, nor exceed the limit', () => {
  story().push(['k1']).shows('k1', 2).later(5_000).shows('k1', 1).wrong(/attempt 2 and then shows 1/);
  story().push(['k1']).shows('k1', 1).later(5_000).shows('k1', 1).wrong(/attempt 1 and then shows 1/, /twice as attempt 1/);
  story().push(['k1']).shows('k1', 1).later(5_000).shows('k1', 0, { kind: 'peek' }).wrong(/attempt 1 and then shows 0/);
  story().push(['k1']).drainOf(['k1']).shows('k1', 2).ack('k1').event(drained).wrong(/k1 of q shows attempts/);
  story().push(['k1']).cutPull().drainOf(['k1']).shows('k1', 2).ack('k1').event(drained).right();
  story().push(['k1']).shows('k1', 3).wrong(/delivered 3 times, of 2 allowed/);
});

test('a message that was not in the response was not delivered', () => {
  const leftOut = { kind: 'pull', visibilityMillis: 1_000, batchSize: 100 };
  story().push(['k1']).request(leftOut, { messages: [] }).drainOf(['k1']).shows('k1', 2).ack('k1').event(drained)
    .wrong(/k1 of q shows attempts without as many deliveries/);
  story().push(['k1'], { queue: 'brief' }).request({ ...leftOut, queue: 'brief' }, { messages: [] }).drainOf([]).event(drained)
    .wrong(/k1 of brief is lost/);
});

test('a pull that was declined was no delivery', () => {
  story().push(['k1']).declined({ kind: 'pull', visibilityMillis: 1_000, batchSize: 100 })
    .drainOf(['k1']).shows('k1', 2).ack('k1').event(drained).wrong(/k1 of q shows attempts/);
});

test('interrupted responses explain one delivery for each lease that fits into their time', () => {
  const exhausted = (millis) => story().push(['k1']).pullsCutTogether(2, millis)
    .drainOf(['k1']).shows('k1', 1, { queue: 'dead' }).ack('k1').event(drained);
  exhausted(1_000).right();
  exhausted(999).wrong(/k1 of q shows itself as a dead letter without as many deliveries/);
});

test('interrupted responses contain no more messages than their pulls requested', () => {
  const two = (batchSize) => story().push(['k1', 'k2']).cutPull('q', batchSize)
    .drainOf(['k1', 'k2']).shows('k1', 2).ack('k1').shows('k2', 2).ack('k2').event(drained);
  two(2).right();
  two(1).wrong(/2 deliveries in q were seen by no client, and interrupted responses had room for 1/);
});

test('a declined request has no effect', () => {
  story().declinedPush(['k1']).shows('k1', 1).wrong(/k1 was declined and is in q again/);
  story().declinedPush(['k1']).drainOf([]).event(drained).right();
  story().push(['k1']).shows('k1', 1).declinedAck('k1').drainOf([]).event(drained).wrong(/k1 of q is lost/);
  story().push(['k1']).declined({ kind: 'purge' }).drainOf([]).event(drained).wrong(/k1 of q is lost/);
  story().push(['k1']).declined({ kind: 'purge refs', keys: ['k1'] }).drainOf([]).event(drained).wrong(/k1 of q is lost/);
});

test('a server that ends by itself is found', () => {
  story().event({ event: 'ended', text: 'OutOfMemoryError' }).wrong(/ended by itself: OutOfMemoryError/);
});

test('a lease and a delay hold', () => {
  story().push(['k1']).shows('k1', 1).later(999).shows('k1', 2).wrong(/1 ms too early/);
  story().push(['k1']).shows('k1', 1).later(1_000).shows('k1', 2).right();
  story().push(['k1'], { delayMillis: 2_000 }).later(1_500).shows('k1', 1).wrong(/500 ms too early/);
  story().push(['k1']).shows('k1', 1).retry('k1', 500).later(400).shows('k1', 2).wrong(/100 ms too early/);
});

test('a dead letter is found in its queue, exactly there, after all its deliveries', () => {
  moved().drainOf(['k1']).shows('k1', 1, { queue: 'dead' }).ack('k1').event(drained).right();
  moved().drainOf([]).event(drained).wrong(/k1 of q is lost/);
  moved().shows('k1', 1, { queue: 'dead' }).shows('k1', 2, { kind: 'peek' }).wrong(/seen in dead and is in q again/);
  story().push(['k1']).drainOf(['k1']).shows('k1', 1, { queue: 'dead' }).ack('k1').event(drained)
    .wrong(/itself as a dead letter without as many deliveries/);
});

test('a message may vanish after its last delivery only where there is no dead letter queue', () => {
  story().push(['k1'], { queue: 'brief' }).shows('k1', 1, { queue: 'brief' }).drainOf([]).event(drained).right();
  story().push(['k1'], { queue: 'brief' }).drainOf([]).event(drained).wrong(/k1 of brief is lost/);
  story().push(['k1'], { queue: 'brief' }).cutPull('brief').drainOf([]).event(drained).right();
});

test('messages pushed before a confirmed purge must not appear after it; later ones must', () => {
  story().push(['k1']).purge().shows('k1', 1).wrong(/k1 was purged with its queue and is in q again/);
  story().lostPush(['k1']).purge().shows('k1', 1).wrong(/k1 was purged with its queue/);
  story().push(['k1']).purge(null).shows('k1', 1).right();
  story().purge().push(['k1']).drainOf([]).event(drained).wrong(/k1 of q is lost/);
});

test('a message purged by ref must not appear; one that a warning spared must', () => {
  story().push(['k1']).purgeRef('k1').shows('k1', 1).wrong(/k1 was purged by ref and is in q again/);
  story().push(['k1']).purgeRef('k1', ['k1']).drainOf([]).event(drained).wrong(/k1 of q is lost/);
});

test('counts and bytes are compared to what can be stored, in the metrics, in the check and in the drain', () => {
  const bytes = bytesOf('k1');
  story().push(['k1']).counts(0, bytes).wrong(/backlog_count of q is 0, and must be from 1 to 1/);
  story().push(['k1']).counts(1, bytes + 1).wrong(/backlog_bytes of q is/);
  moved().counts(1, bytes, 'dead').counts(0, 0).counts(2, bytes, 'dead').wrong(/backlog_count of dead is 2/);
  const checked = { event: 'checked', exitCode: 0, sound: true, messages: 1, bytes };
  story().push(['k1']).event(checked).right();
  story().push(['k1']).event({ ...checked, messages: 2 }).wrong(/messages of sluice check is 2/);
  story().push(['k1']).event({ ...checked, exitCode: 3, sound: false, text: 'torn' }).wrong(/ended with 3: torn/);
  story().push(['k1']).drainOf(['k1', 'k1']).shows('k1', 1).ack('k1').event(drained).wrong(/backlog was 2, and 1/, /bytes/);
});

test('inconsistent responses and errors are found', () => {
  story().push(['k1']).shows('k1', 1).ack('k1', { ackCount: 0, retryCount: 0, warned: 0 }).wrong(/ackCount of 0/);
  story().push(['k1']).shows('k1', 1).retry('k1', 0, { ackCount: 0, retryCount: 0, warned: 0 }).wrong(/retryCount of 0/);
  story().event({ event: 'sent', request: 1, kind: 'pull', queue: 'q' })
    .event({ event: 'refused', request: 1, status: 500, text: 'oops' })
    .wrong(/failed with 500 oops/);
});

test('a large body is as large as a message may be, and no larger', () => {
  const sizes = Array.from({ length: 200 }, (_, n) => bytesOf(`l${n}`));
  assert.ok(Math.max(...sizes) <= 128_000, Math.max(...sizes));
  assert.ok(sizes.filter((bytes) => bytes > 127_900).length > 50);
});

test('one changed bit of a body is detected', () => {
  for (const key of Array.from({ length: 60 }, (_, n) => `${n < 50 ? 'k' : 'l'}${n}`)) {
    const { sent, text } = bodyOf(key);
    const json = !sent.content_type;
    const shown = (bytes) => ({
      body: json ? bytes.toString('base64') : bytes.toString(),
      metadata: { 'CF-Content-Type': json ? 'json' : 'text' },
    });
    const bytes = Buffer.from(text);
    assert.deepEqual(identify(shown(bytes)), { key });
    bytes[bytes.length - 1] ^= 1;
    assert.notEqual(identify(shown(bytes)).changed, undefined, key);
  }
});
