'use strict';

/** Sends a request with the server's token; returns the result of the envelope. */
async function request({ token }, method, url, body) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const envelope = await response.json();
  if (!envelope.success) {
    const [{ code, message } = {}] = envelope.errors;
    throw Object.assign(new Error(`${method} ${new URL(url).pathname}: ${response.status}, ${code} ${message}`), {
      status: response.status,
      code,
    });
  }
  return envelope.result;
}

module.exports = { request };
