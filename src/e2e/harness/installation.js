import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeeded } from './expect.js';
import { send } from './http.js';
import { TOKEN } from './server.js';
import { ACCOUNT } from './suite.js';

/** The directory of the project. */
export const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** The artifacts of "make dist". */
export const artifacts = path.join(project, 'target/dist');

/** The version of the artifacts. */
export const version = /<artifactId>sluice<\/artifactId>\s*<version>([^<]+)</.exec(
  readFileSync(path.join(project, 'pom.xml'), 'utf8'),
)[1];

/** The path of an artifact; fails if it was not built. */
export function artifact(name) {
  const file = path.join(artifacts, name);
  if (!existsSync(file)) throw new Error(`there is no ${file}: make dist`);
  return file;
}

const queues = `/client/v4/accounts/${ACCOUNT}/queues`;

const request = async (server, method, location, body) =>
  succeeded(await send(server.origin, method, `${queues}${location}`, { token: TOKEN, body }));

/** Creates a queue with a pull consumer; returns its id. */
export async function createQueue(server, name = 'parcels') {
  const { queue_id: id } = await request(server, 'POST', '', { queue_name: name });
  await request(server, 'POST', `/${id}/consumers`, { type: 'http_pull' });
  return id;
}

/** Pushes one text. */
export const push = (server, id, text) =>
  request(server, 'POST', `/${id}/messages`, { body: text, content_type: 'text' });

/** Pulls and acknowledges what is there; returns the texts. */
export async function pull(server, id) {
  const { messages } = await request(server, 'POST', `/${id}/messages/pull`, { batch_size: 10 });
  await request(server, 'POST', `/${id}/messages/ack`, { acks: messages.map(({ lease_id }) => ({ lease_id })) });
  return messages.map(({ body }) => body).sort();
}

/**
 * Starts a server of an installation; pushes, pulls, restarts it, and pushes again: a message that was confirmed and not
 * acknowledged is there after the restart. Returns the id of the queue; the server runs.
 */
export async function proveInstallation(server) {
  await server.start();
  const id = await createQueue(server);
  await push(server, id, 'pulled');
  assert.deepEqual(await pull(server, id), ['pulled']);
  await push(server, id, 'kept');
  await server.stop();

  await server.start();
  await push(server, id, 'pushed again');
  assert.deepEqual(await pull(server, id), ['kept', 'pushed again']);
  return id;
}
