import assert from 'node:assert/strict';

/** Checks that a response is a success envelope and returns its result. */
export function succeeded({ status, headers, json, text }) {
  assert.equal(status, 200, text);
  assert.match(headers['content-type'], /^application\/json\b/);
  assert.equal(json.success, true);
  assert.deepEqual(json.errors, []);
  assert.deepEqual(json.messages, []);
  return json.result;
}

/** Checks that a response is a failure envelope with exactly this status and code, and returns its message. */
export function failed({ status, headers, json, text }, expectedStatus, expectedCode) {
  assert.equal(status, expectedStatus, text);
  assert.match(headers['content-type'] ?? '', /^application\/json\b/, text);
  assert.equal(json?.success, false, text);
  assert.equal(json.result, null);
  assert.deepEqual(json.messages, []);
  assert.equal(json.errors[0].code, expectedCode, text);
  assert.ok(json.errors[0].message.length > 0, text);
  return json.errors[0].message;
}
