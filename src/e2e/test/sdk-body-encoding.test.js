import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, Suite } from '../harness/suite.js';

const plain = await Suite.open({ settings: { 'messages.json_body_encoding': 'plain' } });
const strict = await Suite.open({
  settings: { 'messages.json_body_encoding': 'base64', 'messages.strict_json_bodies': true },
});
const account_id = ACCOUNT;
const CONSUMER = { visibility_timeout_ms: 600_000, batch_size: 100 };

test('with plain encoding, pull and peek show the compact JSON text', async () => {
  const { messages } = plain.sdk().queues;
  const { id } = await plain.queue({ consumer: CONSUMER });
  const values = [{ b: 1, a: [1, 2, { c: '\u{1F600}' }] }, [], 'text', 12.5, null, false];
  await messages.bulkPush(id, { account_id, messages: values.map((body) => ({ body })) });
  const peeked = await messages.peek(id, { account_id, batch_size: 100 });
  assert.deepEqual(peeked.messages.map(({ body }) => body), values.map((value) => JSON.stringify(value)));
  const pulled = await messages.pull(id, { account_id });
  assert.deepEqual(pulled.messages.map(({ body }) => body), values.map((value) => JSON.stringify(value)));
  assert.ok(pulled.messages.every(({ metadata }) => metadata['CF-Content-Type'] === 'json'));
});

test('stored JSON text is compact, with the order of keys and the spelling of numbers kept', async () => {
  const { id, path } = await plain.queue({ consumer: CONSUMER });
  const raw = '{ "body" : { "z" : 1.0 , "a" : [ 1e3 , 12345678901234567890 , -0.0 ],\n "a b" : "\\u00e9\\/" } }';
  assert.equal((await plain.send('POST', `${path}/messages`, { body: raw })).status, 200);
  const [{ body }] = (await plain.sdk().queues.messages.pull(id, { account_id })).messages;
  assert.equal(body.replace('\\u00e9\\/', '\u00e9/'), '{"z":1.0,"a":[1e3,12345678901234567890,-0.0],"a b":"\u00e9/"}');
});

test('the encoding does not touch texts', async () => {
  for (const suite of [plain, strict]) {
    const { messages } = suite.sdk().queues;
    const { id } = await suite.queue({ consumer: CONSUMER });
    await messages.push(id, { account_id, body: '{"a":1}', content_type: 'text' });
    assert.equal((await messages.pull(id, { account_id })).messages[0].body, '{"a":1}');
  }
});

test('base64 is of the standard alphabet, padded, without line breaks', async () => {
  const { messages } = strict.sdk().queues;
  const { id } = await strict.queue({ consumer: CONSUMER });
  const value = { text: '\u00ff\u00fe??>>~~'.repeat(50) };
  await messages.push(id, { account_id, body: value });
  const [{ body }] = (await messages.pull(id, { account_id })).messages;
  assert.equal(body, Buffer.from(JSON.stringify(value)).toString('base64'));
});

test('strict bodies refuse scalars under json with the text of the live service, and take objects, arrays and texts', async () => {
  const { messages } = strict.sdk().queues;
  const { id } = await strict.queue({ consumer: CONSUMER });
  const kinds = { string: 'x', number: 1, null: null, boolean: true };
  for (const [kind, body] of Object.entries(kinds)) {
    for (const content_type of ['json', undefined]) {
      await assert.rejects(messages.push(id, { account_id, body, content_type }), (error) => {
        assert.deepEqual([error.status, error.errors[0].code], [400, 10207]);
        assert.equal(error.errors[0].message, `Expected object, received ${kind} at "body"`);
        return true;
      });
    }
    await assert.rejects(messages.bulkPush(id, { account_id, messages: [{ body: {} }, { body }] }), { status: 400 });
  }
  await messages.push(id, { account_id, body: { a: 1 } });
  await messages.push(id, { account_id, body: [1] });
  await messages.push(id, { account_id, body: 'x', content_type: 'text' });
  assert.equal((await messages.pull(id, { account_id })).messages.length, 3);
});

plain.endsWell();
strict.endsWell();
