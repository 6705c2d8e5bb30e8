import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { before, test } from 'node:test';
import { Authority, curl } from '../harness/certificates.js';
import { freePort } from '../harness/free-port.js';
import { send } from '../harness/http.js';
import { artifact, artifacts, createQueue, proveInstallation, pull, push, version } from '../harness/installation.js';
import { residentBytes } from '../harness/memory.js';
import { launchServer, run, temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';

// The archive with runtime, jar and launcher, unpacked into a clean directory.

const NAME = `sluice-${version}-linux-x64`;
const ARCHIVE_BYTES_MAX = 46_000_000;
/** The aim is 110 MB. Runs differ by some MiB, so this finds only what changes it by more. */
const IDLE_BYTES_MAX = 128 * 1024 * 1024;
const WITHOUT_ARCHIVE = { SLUICE_CLASS_ARCHIVE: 'off' };

let installed;

/** Unpacks the archive into a directory; returns the directory of the installation. */
async function unpack(directory) {
  await mkdir(directory, { recursive: true });
  const { code, stderr } = await run('tar', ['--extract', '--file', artifact(`${NAME}.tar.gz`), '--directory', directory]);
  assert.equal(code, 0, stderr);
  return path.join(directory, NAME);
}

const launcher = (home) => path.join(home, 'bin/sluice');

/** The runtime and nothing else: no other Java can be found. */
const CLEAN = { PATH: '/usr/bin:/bin', JAVA_HOME: '', JAVA_OPTS: '' };

function serverOf(context, home, options = {}) {
  const server = new Server({ program: [launcher(home)], ...options, environment: { ...CLEAN, ...options.environment } });
  context.after(() => server.kill());
  return server;
}

const sluice = (home, args, env) => run(launcher(home), args, { env: { ...process.env, ...CLEAN, ...env } });

before(async () => {
  installed = await unpack(temporaryDirectory());
  const { code, stderr } = await sluice(installed, ['class-archive']);
  assert.equal(code, 0, stderr);
});

test('the archive has its checksum and is not larger than 46 MB', async () => {
  const { code, stdout, stderr } = await run('sha256sum', ['--check', 'SHA256SUMS'], { cwd: artifacts });
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, new RegExp(`^${NAME}\\.tar\\.gz: OK$`, 'm'));
  assert.ok((await stat(artifact(`${NAME}.tar.gz`))).size <= ARCHIVE_BYTES_MAX);
});

test('the same sources become the same bytes', async () => {
  const directory = temporaryDirectory();
  const { code, stderr } = await run('node', [path.join(artifacts, '../../src/dist/dist.mjs'), 'archive', 'debian'], {
    env: { ...process.env, DIST_OUTPUT: directory },
  });
  assert.equal(code, 0, stderr);
  const sums = async (root) => (await readFile(path.join(root, 'SHA256SUMS'), 'utf8')).split('\n');
  const known = await sums(artifacts);
  const again = await sums(directory);
  assert.ok(again.length > 3, again.join());
  for (const sum of again) assert.ok(known.includes(sum), sum);
});

test('the bill of materials names the runtime and the libraries of the jar', async () => {
  const { components } = JSON.parse(await readFile(artifact(`${NAME}.cdx.json`), 'utf8'));
  const runtime = await readFile(path.join(installed, 'runtime/release'), 'utf8');
  const names = components.map(({ name }) => name);
  for (const name of ['rocksdbjni', 'vertx-core', 'openjdk-runtime']) assert.ok(names.includes(name), name);
  const { version: java } = components.find(({ name }) => name === 'openjdk-runtime');
  assert.ok(java.startsWith(/^JAVA_VERSION="(.*)"$/m.exec(runtime)[1]), java);
});

/** What a server printed to its log, except that it has started and stopped. */
const unexpectedLines = ({ log }) => log.split('\n').filter((line) => line !== '' && !/ INFO  (StartLines|StopHook) - /.test(line));

test('an installation is ready to use, its first server makes a class archive, and the next ones use it', async (context) => {
  const home = await unpack(temporaryDirectory());
  const server = serverOf(context, home);
  await proveInstallation(server);
  await until('the class archive is made', () => stat(path.join(home, 'lib/sluice.jsa.for')));
  await server.stop();
  assert.deepEqual(unexpectedLines(server), []);
  // With this option the Java machine ends if it cannot use the archive.
  const next = serverOf(context, home, { environment: { JAVA_OPTS: '-Xshare:on' } });
  await next.start();
  assert.match(await readFile(`/proc/${next.pid}/maps`, 'utf8'), /sluice\.jsa/);
  await next.stop();

  const moved = path.join(temporaryDirectory(), 'moved');
  await rename(home, moved);
  const other = serverOf(context, moved);
  await other.start();
  assert.doesNotMatch(await readFile(`/proc/${other.pid}/maps`, 'utf8'), /sluice\.jsa/, 'the archive of another place');
  await until('an archive for the new place', async () =>
    (await readFile(path.join(moved, 'lib/sluice.jsa.for'), 'utf8')).includes(moved),
  );
  await other.stop();
  assert.deepEqual(unexpectedLines(other), [], 'no warnings about the archive');
});

test('an installation in a directory whose name is not ASCII works in every locale', async () => {
  const home = await unpack(path.join(temporaryDirectory(), 'größe'));
  for (const LC_ALL of ['C', 'xx_XX.UTF-8']) {
    const { code, stderr } = await sluice(home, ['class-archive'], { LC_ALL });
    assert.equal(code, 0, stderr);
    const settings = ['http.port=0', 'management.port=0', `storage.directory=${path.join(home, 'dätä')}`];
    const end = await sluice(home, ['serve', '--stop-when-ready', ...settings.flatMap((each) => ['--set', each])], { LC_ALL });
    assert.equal(end.code, 0, end.stderr);
  }
});

test('an archive that the Java machine refuses is ignored without a warning', async (context) => {
  const home = await unpack(temporaryDirectory());
  assert.equal((await sluice(home, ['class-archive'])).code, 0);
  // A jar of another time: the launcher is not asked, since it would not use the archive.
  await utimes(path.join(home, 'lib/sluice.jar'), 1, 1);
  const options = [`@${home}/lib/java.options`, '-XX:+UseSerialGC', `-XX:SharedArchiveFile=${home}/lib/sluice.jsa`];
  const program = [path.join(home, 'runtime/bin/java'), ...options, '-jar', `${home}/lib/sluice.jar`];
  const server = new Server({ program });
  context.after(() => server.kill());
  await server.start();
  assert.doesNotMatch(server.stdout, /warning/i);
  await server.stop();
  assert.deepEqual(unexpectedLines(server), []);
});

test('an installation that its user cannot write keeps the class archive in the cache of the user', async (context) => {
  const user = 65534;
  if (process.getuid() !== 0) return context.skip('another user can only be used by root');
  const home = await unpack(temporaryDirectory());
  const directory = temporaryDirectory();
  await chmod(path.resolve(home, '..'), 0o755);
  const launch = () =>
    run('setpriv', ['--reuid', user, '--regid', user, '--clear-groups', launcher(home), 'serve', '--stop-when-ready'].map(String), {
      cwd: directory,
      env: { PATH: CLEAN.PATH, HOME: directory, SLUICE_HTTP_PORT: '0', SLUICE_MANAGEMENT_PORT: '0' },
    });
  await run('chown', [String(user), directory]);
  const { code, stderr } = await launch();
  assert.equal(code, 0, stderr);
  await until('the class archive is made', () => stat(path.join(directory, '.cache/sluice/sluice.jsa.for')));
  await assert.rejects(stat(path.join(home, 'lib/sluice.jsa')), { code: 'ENOENT' });
});

test('TLS, metrics, health, backup, check and bench work on the runtime of the archive', async (context) => {
  const directory = temporaryDirectory();
  const authority = await Authority.make(directory, 'ours');
  const { certificate, key } = await authority.sign('server');
  const managementPort = await freePort();
  const configuration = path.join(installed, 'conf/sluice.yaml');
  const server = serverOf(context, installed, {
    directory: path.join(directory, 'data'),
    args: ['--config', configuration],
    settings: {
      'auth.token': TOKEN,
      'management.port': managementPort,
      'http.tls.cert': certificate,
      'http.tls.key': key,
    },
  });
  await server.start();
  const listed = await curl([
    '--cacert', authority.certificate, '-H', `Authorization: Bearer ${TOKEN}`,
    `${server.baseUrl}/accounts/${ACCOUNT}/queues`,
  ]); // prettier-ignore
  assert.deepEqual([listed.status, listed.version], [200, '2']);

  const environment = { CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_ACCOUNT_ID: ACCOUNT, SLUICE_MANAGEMENT_PORT: String(managementPort) };
  const command = (...args) => sluice(installed, args, environment);
  const load = ['--mode', 'cycle', '--connections', '2', '--warmup', '100ms', '--duration', '500ms', '--quiet', '--json', '--insecure'];
  for (const more of [[], ['--http2']]) {
    const bench = await command('bench', '--url', server.baseUrl, ...load, ...more);
    assert.equal(bench.code, 0, bench.stderr);
  }
  const health = await command('health');
  assert.deepEqual([health.code, health.stdout], [0, 'ready\n'], health.stderr);
  const metrics = await send(`http://127.0.0.1:${managementPort}`, 'GET', '/metrics');
  assert.match(metrics.text, /^sluice_messages_pushed_total [1-9]/m);
  assert.match(metrics.text, /^process_|^jvm_/m);
  const backup = path.join(directory, 'backup');
  const made = await command('backup', '--to', backup, '--management', `http://127.0.0.1:${managementPort}`);
  assert.equal(made.code, 0, made.stderr);
  await server.stop();
  for (const checked of [backup, server.directory]) {
    const { code, stdout, stderr } = await command('check', '--data-dir', checked, '--json');
    assert.equal(code, 0, stdout + stderr);
  }
  assert.equal((await command('health')).code, 1);
});

test('the runtime trusts the public certificate authorities', async () => {
  const { code, stdout, stderr } = await run(path.join(installed, 'runtime/bin/keytool'), ['-list', '-cacerts', '-storepass', 'changeit']);
  assert.equal(code, 0, stderr);
  assert.ok((stdout.match(/trustedCertEntry/g) ?? []).length > 50, stdout);
});

test('an idle server uses at most 128 MiB of memory', async (context) => {
  const server = serverOf(context, installed);
  await server.start();
  const id = await createQueue(server);
  await push(server, id, 'small');
  assert.deepEqual(await pull(server, id), ['small']);
  const bytes = residentBytes(server.pid);
  context.diagnostic(`${Math.round(bytes / 1024 / 1024)} MiB`);
  assert.ok(bytes <= IDLE_BYTES_MAX, `${bytes} bytes`);
  await server.stop();
});

test('options of JAVA_OPTS reach the Java machine, another collector among them', async (context) => {
  const server = serverOf(context, installed, { environment: { JAVA_OPTS: '-XX:+UseParallelGC -Xmx100m' } });
  await server.start();
  const arguments_ = (await readFile(`/proc/${server.pid}/cmdline`, 'utf8')).split('\0');
  assert.ok(arguments_.includes('-XX:+UseParallelGC') && arguments_.includes('-Xmx100m'));
  assert.ok(!arguments_.includes('-XX:+UseSerialGC'));
  await server.stop();
});

test('a port in use and an incomplete installation are errors of one line', async () => {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const { port } = listener.address();
  const settings = { 'http.port': port, 'management.port': 0, 'storage.engine': 'memory', 'auth.token': TOKEN };
  const refused = launchServer({ program: [launcher(installed)], settings, environment: CLEAN });
  assert.deepEqual(await refused.exited, { code: 2, signal: null });
  assert.match(refused.stderr, new RegExp(`^sluice: cannot listen on 127\\.0\\.0\\.1:${port} \\(http\\.port\\): the port is in use\\n$`));
  listener.close();

  const home = await unpack(temporaryDirectory());
  await rm(path.join(home, 'runtime/bin/java'));
  const broken = await sluice(home, ['serve'], WITHOUT_ARCHIVE);
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /^sluice: the installation in [^\n]* is not complete: [^\n]*install it again\n$/);
});

test('an installation that is replaced under a running server does not disturb it, and its data is there afterwards', async (context) => {
  const parent = temporaryDirectory();
  const home = await unpack(parent);
  const server = serverOf(context, home, { environment: WITHOUT_ARCHIVE });
  const id = await proveInstallation(server);
  await push(server, id, 'before');
  await unpack(parent);
  // Classes that were not loaded before: another operation, and metrics.
  await push(server, id, 'during');
  await createQueue(server, 'another');
  assert.deepEqual(await pull(server, id), ['before', 'during']);
  await push(server, id, 'kept');
  await server.stop();
  await server.start();
  assert.deepEqual(await pull(server, id), ['kept']);
  await server.stop();
});
