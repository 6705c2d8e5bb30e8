import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * What clients know of every message: when it was pushed, delivered and acknowledged, and what was answered.
 *
 * A request is *sent* before it is *answered*; one that the crash cut off stays unanswered, and both outcomes are right then.
 * Times are numbers of a common clock that never repeats, so that before and after are never in doubt.
 */
export class Ledger {
  #messages = new Map();
  #batches = [];
  #events = [];
  #clock = 0;
  unansweredPulls = 0;
  violations = [];

  tick() {
    this.#clock += 1;
    return this.#clock;
  }

  #note(event, detail) {
    this.#events.push({ at: this.tick(), event, ...detail });
  }

  round(number) {
    this.#note('round', { number });
  }

  /** A push goes out with these messages: {key, text}, where text is exactly what has to come back. */
  pushSent(batch) {
    const push = { answered: false, keys: batch.map(({ key }) => key) };
    this.#batches.push(push);
    for (const { key, text } of batch) {
      this.#messages.set(key, { text, push, deliveries: [], ackSent: false, ackedAt: 0 });
    }
    this.#note('push sent', { keys: push.keys });
    return push;
  }

  pushAnswered(push) {
    push.answered = true;
    this.#note('push answered', { keys: push.keys });
  }

  /** A pull was answered; `sentAt` is the time at which it went out. Answers the messages with their keys. */
  delivered(pulled, sentAt) {
    const known = [];
    for (const { id, body, attempts, metadata, lease_id } of pulled) {
      const text = metadata['CF-Content-Type'] === 'json' ? Buffer.from(body, 'base64').toString('utf8') : body;
      const key = /k\d+/.exec(text)?.[0];
      const message = this.#messages.get(key);
      this.#note('delivered', { key, id, attempts });
      if (!message) {
        this.#wrong(`a message that was never pushed: ${text.slice(0, 100)}`);
        continue;
      }
      if (message.text !== text) this.#wrong(`${key} came back changed: ${text.slice(0, 100)}`);
      if (message.id && message.id !== id) this.#wrong(`${key} has the ids ${message.id} and ${id}: it is there twice`);
      message.id = id;
      if (message.ackedAt && message.ackedAt < sentAt) this.#wrong(`${key} was acknowledged and is delivered again`);
      if (message.deliveries.includes(attempts)) this.#wrong(`${key} was delivered twice as attempt ${attempts}`);
      message.deliveries.push(attempts);
      known.push({ key, lease_id });
    }
    return known;
  }

  ackSent(keys) {
    for (const key of keys) this.#messages.get(key).ackSent = true;
    this.#note('ack sent', { keys });
  }

  ackAnswered(keys, ackCount) {
    const at = this.tick();
    for (const key of keys) this.#messages.get(key).ackedAt ||= at;
    this.#note('ack answered', { keys });
    if (ackCount !== keys.length) this.#wrong(`${keys.length} valid leases gave an ackCount of ${ackCount}`);
  }

  #wrong(what) {
    this.violations.push(what);
    this.#note('VIOLATION', { what });
  }

  get pushes() {
    return this.#batches.length;
  }

  get answered() {
    return this.#batches.reduce((sum, push) => sum + (push.answered ? push.keys.length : 0), 0);
  }

  /** Between how many and how many messages must be stored while no request is under way. */
  get expectedBacklog() {
    let least = 0;
    let most = 0;
    for (const { push, ackSent, ackedAt, deliveries } of this.#messages.values()) {
      const stored = push.answered || deliveries.length > 0;
      if (ackedAt) continue;
      most += 1;
      if (stored && !ackSent) least += 1;
    }
    return { least, most };
  }

  checkBacklog(count) {
    const { least, most } = this.expectedBacklog;
    if (count < least || count > most) this.#wrong(`backlog_count is ${count}, and must be from ${least} to ${most}`);
  }

  /** After everything was pulled and acknowledged until nothing was left: what must be true in the end. */
  checkDrained() {
    for (const [key, { push, deliveries, ackSent }] of this.#messages) {
      if (push.answered && deliveries.length === 0) this.#wrong(`${key} was answered and is lost`);
      if (deliveries.length > 0 && !ackSent) this.#wrong(`${key} was delivered, never acknowledged, and is lost`);
      const most = deliveries.length + this.unansweredPulls;
      const highest = Math.max(0, ...deliveries);
      if (highest > most) this.#wrong(`${key} shows attempt ${highest}, and cannot have had more than ${most}`);
    }
    for (const push of this.#batches) {
      const there = push.keys.filter((key) => this.#messages.get(key).deliveries.length > 0).length;
      if (there !== 0 && there !== push.keys.length) {
        this.#wrong(`of a batch of ${push.keys.length} only ${there} messages are there: ${push.keys[0]} and so on`);
      }
    }
  }

  /** Fails with what was wrong, after writing the whole history to a file. */
  assertRight() {
    if (this.violations.length === 0) return;
    const file = path.join(process.env.CRASH_HISTORY ?? tmpdir(), `sluice-crash-history-${process.pid}.jsonl`);
    writeFileSync(file, this.#events.map((event) => JSON.stringify(event)).join('\n'));
    assert.fail(`${this.violations.length} violations, history in ${file}:\n${this.violations.slice(0, 20).join('\n')}`);
  }
}
