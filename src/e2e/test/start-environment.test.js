import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { Authority, curl } from '../harness/certificates.js';
import { freePort } from '../harness/free-port.js';
import { send } from '../harness/http.js';
import { launchServer, temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';

// The environment of a start must not change the behaviour of the server: the locale, and variables of other programs.

const queuesPath = `/client/v4/accounts/${ACCOUNT}/queues`;
/** On a busy machine a start takes many times longer than on an idle one. */
const WITHIN = { within: 180_000 };

for (const [name, ...options] of [
  ['Turkish', '-Duser.language=tr', '-Duser.country=TR'],
  ['Azerbaijani', '-Duser.language=az', '-Duser.country=AZ'],
  ['Egyptian Arabic', '-Duser.language=ar', '-Duser.country=EG', '-Duser.extensions=u-nu-arab'],
  ['Thai with the Buddhist calendar', '-Duser.language=th', '-Duser.country=TH', '-Duser.extensions=u-ca-buddhist-nu-thai'],
]) {
  test(`a server in the locale ${name} starts, responds, logs and counts as in any other`, async (context) => {
    const home = temporaryDirectory();
    const directory = path.join(home, 'data');
    const managementPort = await freePort();
    const server = new Server({
      directory,
      javaOptions: options,
      settings: { 'management.port': managementPort, 'log.level': 'debug', 'storage.free_bytes_min': '64KiB' },
    });
    context.after(() => server.kill());
    await server.start(WITHIN);
    const created = await send(server.origin, 'POST', queuesPath, { token: TOKEN, body: { queue_name: 'istanbul-IIii' } });
    assert.equal(created.status, 200, created.text);
    assert.match(created.json.result.created_on, /^20\d\d-[01]\d-[0-3]\dT[\d:.]+Z$/);
    const messages = `${queuesPath}/${created.json.result.queue_id}/messages`;
    const pushed = await send(server.origin, 'POST', messages, { token: TOKEN, body: { body: 'I', content_type: 'text' } });
    assert.equal(pushed.status, 200, pushed.text);
    const metrics = await send(`http://127.0.0.1:${managementPort}`, 'GET', '/metrics');
    assert.match(metrics.text, /^sluice_messages_pushed_total 1\.0$/m);
    await server.stop();
    // eslint-disable-next-line no-control-regex
    for (const text of [server.log, created.text, metrics.text]) assert.match(text, /^[\x00-\x7f]*$/);
    for (const line of server.log.split('\n').filter(Boolean)) assert.match(line, /^20\d\d-/);
  });
}

test('variables of services and images do not stop a start, and unknown ones are named in the log', async (context) => {
  const server = new Server({
    // As environment variables: SLUICE_METRICS_SERVICE_HOST and so on.
    settings: {
      'metrics.service.host': '10.0.0.2',
      'metrics.port': 'tcp://10.0.0.2:9090',
      'http.port': 'tcp://10.0.0.3:8080',
      'http.port.8080.tcp.addr': '10.0.0.3',
      version: '1.2.3',
      'http.proxy': 'http://10.0.0.9:3128',
      'storage.class': 'standard',
    },
    args: ['--set', 'http.port=0'],
  });
  context.after(() => server.kill());
  await server.start(WITHIN);
  assert.equal((await send(server.origin, 'GET', queuesPath, { token: TOKEN })).status, 200);
  assert.match(server.log, /INFO .* are ignored: SLUICE_HTTP_PROXY, SLUICE_STORAGE_CLASS, SLUICE_VERSION$/m);
  await server.stop();
});

test('a relative storage.directory holds the native library, and a killed server leaves nothing in the temporary directory', async (context) => {
  const home = temporaryDirectory();
  const temporary = path.join(home, 'tmp');
  await mkdir(temporary);
  const server = new Server({
    directory: path.join(home, 'data'),
    settings: { 'storage.directory': 'data' },
    javaOptions: [`-Djava.io.tmpdir=${temporary}`],
  });
  context.after(() => server.kill());
  for (let start = 1; start <= 2; start += 1) {
    await server.start(WITHIN);
    assert.equal((await send(server.origin, 'GET', queuesPath, { token: TOKEN })).status, 200);
    assert.deepEqual(await readdir(temporary), [], `after start ${start}`);
    await server.kill();
  }
  assert.doesNotMatch(server.log, /WARN|ERROR/);
  assert.deepEqual(await readdir(temporary), []);
  assert.ok((await readdir(path.join(home, 'data', 'native'))).some((name) => name.includes('rocksdb')));
});

test('sluice check unpacks nothing, and uses the library that is there', async () => {
  const home = temporaryDirectory();
  const directory = path.join(home, 'data');
  const server = await new Server({ directory }).start(WITHIN);
  await server.stop();
  const before = await readdir(directory, { recursive: true });
  // No file can be unpacked there.
  const javaOptions = ['-Djava.io.tmpdir=/proc'];
  const check = launchServer({ command: 'check', args: ['--data-dir', 'data'], javaOptions, cwd: home });
  assert.deepEqual(await check.exited, { code: 0, signal: null }, check.stderr);
  assert.match(check.stdout, /^sound: /);
  assert.deepEqual(await readdir(directory, { recursive: true }), before);
});

// A file system on which no file can be created represents one that is mounted with noexec: a server cannot distinguish
// them.
const UNUSABLE = ['-Djava.io.tmpdir=/proc'];

test('TLS works if nothing can be unpacked into the temporary directory, with the libraries in the data directory', async (context) => {
  const home = temporaryDirectory();
  const authority = await Authority.make(home, 'ours');
  const { certificate, key } = await authority.sign('server');
  const server = new Server({
    directory: path.join(home, 'data'),
    settings: { 'http.tls.cert': certificate, 'http.tls.key': key },
    javaOptions: UNUSABLE,
  });
  context.after(() => server.kill());
  await server.start(WITHIN);
  const { status, version } = await curl([
    '--cacert', authority.certificate, '-H', `Authorization: Bearer ${TOKEN}`, `${server.origin}${queuesPath}`,
  ]); // prettier-ignore
  assert.deepEqual([status, version], [200, '2']);
  await server.stop();
});

test('TLS without a directory for its native library is rejected with a one-line error that explains the fix', async () => {
  const home = temporaryDirectory();
  const { certificate, key } = await (await Authority.make(home, 'ours')).sign('server');
  const process = launchServer({
    settings: { 'http.port': 0, 'management.port': 0, 'storage.engine': 'memory', 'http.tls.cert': certificate, 'http.tls.key': key },
    args: ['--stop-when-ready'],
    javaOptions: UNUSABLE,
    cwd: home,
  });
  assert.deepEqual(await process.exited, { code: 2, signal: null }, process.stderr);
  assert.match(process.stderr, /^sluice: the native library for TLS [^\n]*java\.io\.tmpdir[^\n]*\n$/);
});

test('a data directory with an emoji is refused by name, and one with other letters is used', async (context) => {
  const home = temporaryDirectory();
  const server = new Server({ directory: path.join(home, 'dätä-日本') });
  context.after(() => server.kill());
  const locale = process.env.LC_ALL;
  process.env.LC_ALL = 'C.UTF-8';
  context.after(() => (locale === undefined ? delete process.env.LC_ALL : (process.env.LC_ALL = locale)));
  await server.start(WITHIN);
  await server.stop();
  const settings = { 'http.port': 0, 'management.port': 0, 'auth.token': TOKEN, 'storage.directory': path.join(home, 'data-\u{1F600}') };
  const refused = launchServer({ settings, args: ['--stop-when-ready'], cwd: home });
  assert.deepEqual(await refused.exited, { code: 2, signal: null }, refused.stderr);
  assert.match(refused.stderr, /^sluice: directory [^\n]*data-\u{1F600} cannot be used: RocksDB [^\n]*\n$/u);
  process.env.LC_ALL = 'C';
  const unreadable = launchServer({ settings, args: ['--stop-when-ready'], cwd: home });
  assert.deepEqual(await unreadable.exited, { code: 2, signal: null }, unreadable.stderr);
  assert.match(unreadable.stderr, /^sluice: storage\.directory [^\n]* locale; LC_ALL=C\.UTF-8 [^\n]*\n$/);
  assert.deepEqual(await readdir(home), ['dätä-日本']);
});

/** The files and directories below these that users other than the owner may access. */
async function accessibleToOthers(...roots) {
  const found = [];
  for (const root of roots) {
    for (const name of await readdir(root, { recursive: true })) {
      const { mode } = await stat(path.join(root, name));
      if (mode & 0o077) found.push(`${path.join(root, name)} ${(mode & 0o777).toString(8)}`);
    }
  }
  return found;
}

test('in a data directory that is open to others, and with any umask, every file is for its owner only, running, killed and stopped', async (context) => {
  const home = temporaryDirectory();
  const directory = path.join(home, 'data');
  await mkdir(directory);
  await chmod(directory, 0o755);
  const managementPort = await freePort();
  const umask = process.umask(0);
  context.after(() => process.umask(umask));
  // Without configured credentials the server generates some and stores them there.
  const server = new Server({ directory, settings: { 'auth.token': '', 'management.port': managementPort } });
  context.after(() => server.kill());
  await server.start(WITHIN);
  const atStart = await readdir(path.join(directory, 'db'));
  const backups = [];
  for (let round = 0; round < 3; round += 1) {
    const backup = path.join(home, `backup${round}`);
    backups.push(backup);
    const made = launchServer({ command: 'backup', args: ['--to', backup, '--management', `http://127.0.0.1:${managementPort}`], cwd: home });
    assert.deepEqual(await made.exited, { code: 0, signal: null }, made.stderr);
    assert.equal((await stat(backup)).mode & 0o777, 0o700);
  }
  const created = (await readdir(path.join(directory, 'db'))).filter((name) => !atStart.includes(name));
  assert.ok(created.length > 0, 'a backup begins new files');
  await until('no file is accessible to others', async () => {
    const open = await accessibleToOthers(directory, ...backups);
    assert.deepEqual(open, []);
    return true;
  });
  await server.kill();
  assert.deepEqual(await accessibleToOthers(directory), []);
  assert.match(server.log, new RegExp(`WARN .*${directory} is open to other users`));

  await server.start(WITHIN);
  await server.stop();
  assert.equal((await stat(directory)).mode & 0o777, 0o755, 'the mode that was set before');
  assert.deepEqual(await accessibleToOthers(directory), []);
});
