import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../harness/free-port.js';
import { artifact, proveInstallation, version } from '../harness/installation.js';
import { residentBytes } from '../harness/memory.js';
import { run, temporaryDirectory } from '../harness/process.js';
import { requirement } from '../harness/requirement.js';
import { Server, TOKEN } from '../harness/server.js';

// The image: built without an engine by "make dist", and run here by buildah, which needs none either.

const ARCHIVE = artifact(`sluice-${version}-linux-x64.oci.tar`);
const IMAGE_BYTES_MAX = 65_000_000;
/** The aim is 110 MB. Runs differ by some MiB, so this finds only what changes it by more. */
const IDLE_BYTES_MAX = 128 * 1024 * 1024;
const CONTAINER = 'sluice';

const storage = temporaryDirectory();
const BUILDAH = ['buildah', '--root', path.join(storage, 'root'), '--runroot', path.join(storage, 'run'), '--storage-driver', 'vfs'];
const isMissing = spawnSync('buildah', ['--version']).error !== undefined;
const needed = requirement((isMissing && 'buildah is missing') || (process.getuid() !== 0 && 'root is needed'));

let config;

async function buildah(...args) {
  const [command, ...first] = BUILDAH;
  return run(command, [...first, ...args]);
}

/** The command line that runs a command in the container, with the network of this machine. */
function inContainer(command, environment = {}) {
  const variables = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  return [...BUILDAH, 'run', '--isolation', 'chroot', ...variables, CONTAINER, '--', ...command];
}

async function runInContainer(command, environment) {
  const [first, ...rest] = inContainer(command, environment);
  return run(first, rest);
}

/** The Java process below a process of buildah, whose threads have children of their own. */
function javaBelow(pid) {
  if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(config.Entrypoint[0])) return pid;
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '));
  return children.filter(Boolean).map((child) => javaBelow(Number(child))).find(Boolean);
}

before(async () => {
  if (needed.skip) return;
  const pulled = await buildah('from', '--name', CONTAINER, `oci-archive:${ARCHIVE}`);
  assert.equal(pulled.code, 0, pulled.stderr);
  const { stdout } = await buildah('inspect', '--format', '{{.Config}}', CONTAINER);
  ({ config } = JSON.parse(stdout));
});
after(() => needed.skip || buildah('rm', '--all'));

test('the image is not larger than 65 MB, and its bill of materials names the libraries of the system', async (context) => {
  const { size } = await stat(ARCHIVE);
  context.diagnostic(`${Math.round(size / 1e5) / 10} MB`);
  assert.ok(size <= IMAGE_BYTES_MAX, `${size} bytes`);
  const { components } = JSON.parse(await readFile(artifact(`sluice-${version}-linux-x64.oci.cdx.json`), 'utf8'));
  const names = components.map(({ name }) => name);
  for (const name of ['libc6', 'openjdk-runtime', 'rocksdbjni']) assert.ok(names.includes(name), names.join());
});

test('a container serves as an unprivileged user with its class archive, is healthy, and keeps its data over a restart', needed, async (context) => {
  const port = await freePort();
  const environment = {
    SLUICE_AUTH_TOKEN: TOKEN,
    SLUICE_HTTP_PORT: '0',
    SLUICE_MANAGEMENT_PORT: port,
    // The Java machine ends if it cannot use the archive; it reports on standard error that it takes the option.
    JDK_JAVA_OPTIONS: '-Xshare:on',
  };
  const server = new Server({
    program: inContainer(config.Entrypoint, environment),
    processOf: javaBelow,
    expectedLog: [/JDK_JAVA_OPTIONS/],
  });
  context.after(() => server.kill());
  await proveInstallation(server);
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  assert.match(status, /^Uid:\t65532\t65532\t65532\t65532$/m);
  const idleBytes = residentBytes(server.pid);
  context.diagnostic(`${Math.round(idleBytes / 1024 / 1024)} MiB`);
  assert.ok(idleBytes <= IDLE_BYTES_MAX, `${idleBytes} bytes`);

  const [kind, ...health] = config.Healthcheck.Test;
  assert.equal(kind, 'CMD');
  const healthy = await runInContainer(health, { SLUICE_MANAGEMENT_PORT: port });
  assert.deepEqual([healthy.code, healthy.stdout], [0, 'ready\n'], healthy.stderr);
  await server.stop();
  assert.equal((await runInContainer(health, { SLUICE_MANAGEMENT_PORT: port })).code, 1);
});

test('a container without a credential refuses to start, with one line that names the keys', needed, async () => {
  const { code, stderr } = await runInContainer([...config.Entrypoint, ...config.Cmd], { SLUICE_HTTP_PORT: '0' });
  assert.notEqual(code, 0);
  assert.match(stderr, /^sluice: http\.host 0\.0\.0\.0 [^\n]*auth\.token/m);
});

test('the heap is at most half of the memory that the container may use', needed, async () => {
  const options = '-XX:MaxRAM=512m -XX:+PrintFlagsFinal';
  const { stdout, stderr } = await runInContainer([...config.Entrypoint, '--version'], { JDK_JAVA_OPTIONS: options });
  assert.match(stdout, /MaxHeapSize\s+= 268435456 /, stderr);
  assert.match(stdout, /UseContainerSupport\s+= true /);
});

test('the image has no shell', needed, async () => {
  for (const shell of ['/bin/sh', '/bin/bash', '/usr/bin/env']) assert.notEqual((await runInContainer([shell, '-c', 'true'])).code, 0);
});
