import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { send } from '../harness/http.js';
import { launchServer, temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { changes, tree } from '../harness/tree.js';
import { inTime } from '../harness/until.js';

const home = temporaryDirectory();
let directories = 0;
const fresh = () => path.join(home, `data-${++directories}`);

/** Starts a server that must fail: one line, exit code 2, nothing on standard output, nothing changed on disk. */
async function refuses({ settings = {}, args = [], directory = fresh() }, ...expected) {
  const watched = await tree(home);
  const all = { 'http.port': 0, 'management.port': 0, 'storage.directory': directory, 'auth.token': TOKEN, ...settings };
  const process = launchServer({ settings: all, args, cwd: home });
  const end = await inTime('the end of a server that cannot start', process.exited);
  process.child.kill('SIGKILL');
  assert.deepEqual(end, { code: 2, signal: null }, process.stderr);
  assert.match(process.stderr, /^sluice: [^\n]+\n$/, 'one line on standard error');
  assert.doesNotMatch(process.stderr, /Exception|\bat [a-z]+\.|\.java\b/);
  for (const part of expected) assert.match(process.stderr, part);
  assert.equal(process.stdout, '');
  assert.deepEqual(changes(watched, await tree(home)), [], 'nothing changed on disk');
}

test('an unknown key in the arguments is refused and the nearest one named', () =>
  refuses({ args: ['--set', 'http.prot=1'] }, /http\.prot/, /http\.port/));

test('an unknown key in the environment is refused and the nearest one named', () =>
  refuses({ settings: { 'storage.directry': 'x' } }, /\bSLUICE_STORAGE_DIRECTRY\b/, /\bSLUICE_STORAGE_DIRECTORY\b/));

test('an unknown key in the file is refused and the nearest one named', async () => {
  const file = path.join(home, 'unknown.yaml');
  await writeFile(file, 'messages:\n  json_body_encodin: plain\n');
  await refuses({ args: ['--config', file] }, /json_body_encodin\b/, /messages\.json_body_encoding/);
});

for (const [key, value] of [
  ['http.port', '70000'],
  ['http.port', '-1'],
  ['http.port', 'eighty'],
  ['management.port', '65536'],
  ['storage.engine', 'postgres'],
  ['storage.durability', 'sometimes'],
  ['messages.json_body_encoding', 'hex'],
  ['shutdown.timeout', '10'],
  ['limits.message_bytes_max', '0'],
]) {
  test(`the value ${value} for ${key} is refused by name`, () =>
    refuses({ args: ['--set', `${key}=${value}`] }, new RegExp(key.replaceAll('.', '\\.')), new RegExp(value)));
}

test('a configuration file that does not exist is refused by name', () =>
  refuses({ args: ['--config', path.join(home, 'missing.yaml')] }, /missing\.yaml/));

test('a configuration file that is not YAML is refused by name', async () => {
  const file = path.join(home, 'broken.yaml');
  await writeFile(file, 'http: [port: 1\n  : : :\n');
  await refuses({ args: ['--config', file] }, /broken\.yaml/);
});

test('an email without a key is refused', () => refuses({ settings: { 'auth.email': 'ops@example.com' } }, /auth\.key/));

test('a value of a secret key is not repeated in the refusal', async () => {
  const secret = 'a secret with spaces';
  const ports = { 'http.port': 0, 'management.port': 0 };
  const process = launchServer({ settings: { ...ports, 'auth.token': secret, 'storage.directory': fresh() }, cwd: home });
  const { code } = await inTime('the end', process.exited);
  assert.equal(code, 2);
  assert.ok(!process.stderr.includes(secret), process.stderr);
});

test('a port in use is refused by number, for the API and for management', async () => {
  const taken = net.createServer();
  await new Promise((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address();
  try {
    for (const key of ['http.port', 'management.port']) {
      await refuses({ settings: { [key]: port } }, new RegExp(`\\b${port}\\b`), /in use/i);
    }
  } finally {
    taken.close();
  }
});

test('a data directory that is a file is refused', async () => {
  const directory = fresh();
  await writeFile(directory, 'I am a file');
  await refuses({ directory }, /is a file|not a directory/);
});

test('a data directory below a file is refused', async () => {
  const file = fresh();
  await writeFile(file, 'I am a file');
  await refuses({ directory: path.join(file, 'data') }, /data directory/);
});

test('a data directory that cannot be written is refused', async () => {
  // The superuser may write everywhere except in the kernel's own file system.
  const directory = process.getuid() === 0 ? '/proc/sluice' : fresh();
  if (process.getuid() !== 0) {
    await mkdir(directory);
    await chmod(directory, 0o500);
  }
  await refuses({ directory }, /data directory/);
});

test('a data directory with the files of something else is refused', async () => {
  const directory = fresh();
  await mkdir(directory);
  await writeFile(path.join(directory, 'thesis.txt'), 'do not touch');
  await refuses({ directory }, /thesis\.txt|not Sluice/);
});

test('a data directory of a newer format is refused with both numbers', async () => {
  const directory = fresh();
  await prepare(directory);
  const marker = path.join(directory, 'SLUICE');
  const text = await readFile(marker, 'utf8');
  const format = Number(/format (\d+)/.exec(text)[1]);
  await writeFile(marker, text.replace(`format ${format}`, `format ${format + 41}`));
  await refuses({ directory }, new RegExp(`\\b${format + 41}\\b`), new RegExp(`\\b${format}\\b`));
});

test('a second server on the same directory is rejected, and the first continues', async (context) => {
  const directory = fresh();
  const first = await Server.during(context, { directory });
  await refusesBeside(directory);
  const response = await send(first.origin, 'GET', `/client/v4/accounts/${ACCOUNT}/queues`, { token: TOKEN });
  assert.equal(response.status, 200);
  await first.stop();
});

/** Like `refuses`, but the first server may write to its own files in the meantime: only their names are compared. */
async function refusesBeside(directory) {
  const before = [...(await tree(directory)).keys()];
  const process = launchServer({
    settings: { 'http.port': 0, 'management.port': 0, 'storage.directory': directory, 'auth.token': TOKEN },
    cwd: home,
  });
  const end = await inTime('the end of the second server', process.exited);
  assert.deepEqual(end, { code: 2, signal: null }, process.stderr);
  assert.match(process.stderr, /^sluice: [^\n]*(in use|another Sluice)[^\n]*\n$/);
  assert.deepEqual([...(await tree(directory)).keys()], before);
}

/** Creates a data directory that a server has used and closed. */
async function prepare(directory) {
  const server = await new Server({ directory }).start();
  await server.stop();
}
