import http from 'node:http';
import net from 'node:net';
import { inTime, LIMIT_MILLIS } from './until.js';

/**
 * Sends one request: {status, headers, text, json}.
 *
 * @param body an object is sent as JSON; a string or a Buffer unchanged
 * @param headers in addition to the token; null removes a default header
 * @param readAfterMillis how long to wait before reading the response body
 * @param signal aborts the request and its connection
 */
export function send(origin, method, path, options = {}) {
  const { body, headers = {}, token, agent, within = LIMIT_MILLIS, readAfterMillis = 0, signal } = options;
  const { hostname, port } = new URL(origin);
  const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const sent = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(raw !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(raw) }),
    ...headers,
  };
  for (const [name, value] of Object.entries(sent)) if (value === null) delete sent[name];
  const received = new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path, headers: sent, agent, signal }, async (response) => {
      const chunks = [];
      response.on('error', reject);
      response.on('close', () => reject(new Error('the connection ended within a response')));
      if (readAfterMillis > 0) await new Promise((resolved) => setTimeout(resolved, readAfterMillis));
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(read(response.statusCode, response.headers, Buffer.concat(chunks))));
    });
    request.on('error', reject);
    request.end(raw);
  });
  return inTime(`${method} ${path}`, received, within);
}

function read(status, headers, bytes) {
  const text = bytes.toString('utf8');
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status, headers, text, json, code: json?.errors?.[0]?.code };
}

/** Writes bytes on a new connection and returns the received text when `enough` returns true or the server closes. */
export function sendBytes({ host, port }, bytes, enough = () => false) {
  const socket = net.connect(port, host);
  const received = new Promise((resolve, reject) => {
    let got = '';
    socket.setEncoding('utf8');
    socket.on('data', (text) => {
      got += text;
      if (enough(got)) resolve(got);
    });
    socket.on('close', () => resolve(got));
    socket.on('error', (error) => (got ? resolve(got) : reject(error)));
    socket.write(bytes);
  });
  return inTime('a response to raw bytes', received).finally(() => socket.destroy());
}
