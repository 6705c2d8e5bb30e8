import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, proveInstallation, version } from '../harness/installation.js';
import { launch, run, temporaryDirectory } from '../harness/process.js';
import { Registry } from '../harness/registry.js';
import { Server } from '../harness/server.js';
import { until } from '../harness/until.js';

// The npm packages, installed by npm into empty projects from a registry that has nothing else.

let registry;

before(async () => {
  const files = readdirSync(artifacts).filter((name) => name.endsWith('.tgz'));
  registry = await Registry.start(files.map((name) => path.join(artifacts, name)));
});
after(() => registry.stop());

/** Installs "sluice" into an empty project; returns its directory. */
async function install(...options) {
  const project = temporaryDirectory();
  await writeFile(path.join(project, 'package.json'), '{"private": true}');
  const cache = path.join(project, '.npm-cache');
  const { code, stderr } = await run(
    'npm',
    ['install', 'sluice', '--registry', registry.url, '--cache', cache, '--no-audit', '--no-fund', ...options],
    { cwd: project },
  );
  assert.equal(code, 0, stderr);
  return project;
}

const launcher = (project) => path.join(project, 'node_modules/.bin/sluice');

/** An environment in which only the named programs are found. */
async function environmentWith(programs) {
  const directory = temporaryDirectory();
  for (const [name, target] of Object.entries(programs)) await symlink(target, path.join(directory, name));
  return { PATH: directory, HOME: directory };
}

/** Makes Node believe that it runs on another platform. */
async function onPlatform(platform, arch) {
  const file = path.join(temporaryDirectory(), 'platform.cjs');
  await writeFile(
    file,
    `Object.defineProperty(process, 'platform', { value: '${platform}' });
     Object.defineProperty(process, 'arch', { value: '${arch}' });`,
  );
  return { NODE_OPTIONS: `--require ${file}` };
}

/** Runs "sluice dev" until its ready line; returns {child, started, ready}. */
async function dev(context, project, env, ...args) {
  const started = performance.now();
  const child = launch(launcher(project), ['dev', '--port', '0', '--queue', 'orders', '--json', '--set', 'management.port=0', ...args], {
    cwd: project,
    env: { ...process.env, SLUICE_CLASS_ARCHIVE: 'off', ...env },
  });
  context.after(() => child.child.kill('SIGKILL'));
  const line = await until('the ready line', async () => {
    if (child.child.exitCode !== null) throw new Error(child.stderr);
    return child.stdout.split('\n').find((text) => text.startsWith('{'));
  });
  return { child, started, ready: JSON.parse(line) };
}

/** Pushes to the queue of a server in development. */
async function acceptsPush({ baseURL, accountId, token, queues: [{ id }] }) {
  const response = await fetch(`${baseURL}/accounts/${accountId}/queues/${id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ body: { order: 1 } }),
  });
  assert.equal(response.status, 200, await response.text());
}

test('npm installs the package of this platform only, with the version of the project', async () => {
  const project = await install();
  assert.deepEqual((await readdir(path.join(project, 'node_modules/@sluice'))), [`${process.platform}-${process.arch}`]);
  const { code, stdout, stderr } = await run(launcher(project), ['--version'], { cwd: project });
  assert.deepEqual([code, stdout], [0, `sluice ${version}\n`], stderr);
});

test('npx sluice serve pushes, pulls, restarts and keeps what was pushed', async (context) => {
  const project = await install();
  const server = new Server({ program: [launcher(project)], environment: { SLUICE_CLASS_ARCHIVE: 'off' } });
  context.after(() => server.kill());
  await proveInstallation(server);
  await server.stop();
});

test('npx sluice dev without a Java of the machine accepts a push', async (context) => {
  const project = await install();
  const programs = { node: process.execPath, sh: '/bin/sh' };
  for (const name of ['readlink', 'stat', 'cat']) programs[name] = `/usr/bin/${name}`;
  const { child, started, ready } = await dev(context, project, await environmentWith(programs));
  await acceptsPush(ready);
  context.diagnostic(`${Math.round(performance.now() - started)} ms from the command to the first confirmed push`);
  child.child.kill('SIGTERM');
  assert.deepEqual(await child.exited, { code: 0, signal: null }, child.stderr);
});

test('on a platform without a runtime the package runs with the Java of the machine', async (context) => {
  const project = await install('--os=darwin', '--cpu=arm64');
  assert.deepEqual((await readdir(path.join(project, 'node_modules/@sluice'))), ['darwin-arm64']);
  const { child, ready } = await dev(context, project, await onPlatform('darwin', 'arm64'));
  await acceptsPush(ready);
  child.child.kill('SIGTERM');
  assert.deepEqual(await child.exited, { code: 0, signal: null }, child.stderr);
});

test('without a package for the platform, without Java or with an old one the error names what to do', async () => {
  const project = await install('--os=darwin', '--cpu=arm64');
  const refused = async (platform, programs, more = {}) => {
    const env = { ...(await environmentWith({ node: process.execPath, ...programs })), ...(await onPlatform(...platform)), ...more };
    const { code, stdout, stderr } = await run(launcher(project), ['dev'], { cwd: project, env });
    assert.deepEqual([code, stdout], [2, '']);
    return stderr;
  };
  assert.match(await refused(['sunos', 'x64'], {}), /^sluice: the package @sluice\/sunos-x64 is not installed\.[^\n]*SLUICE_JAR\n$/);
  assert.match(
    await refused(['darwin', 'arm64'], {}),
    /^sluice: on darwin-arm64 Sluice needs a Java of the machine, but java cannot be run: install Java 17 [^\n]*JAVA_HOME\n$/,
  );
  const old = path.join(temporaryDirectory(), 'bin');
  await mkdir(old);
  await writeFile(path.join(old, 'java'), '#!/bin/sh\necho \'openjdk version "11.0.22" 2024-01-16\' >&2\n');
  await chmod(path.join(old, 'java'), 0o755);
  assert.match(
    await refused(['darwin', 'arm64'], {}, { JAVA_HOME: path.dirname(old) }),
    /^sluice: on darwin-arm64 Sluice needs a newer Java than [^\n]* \(11\): install Java 17 [^\n]*\n$/,
  );
  const jar = { SLUICE_JAR: '/nowhere/sluice.jar' };
  assert.match(await refused(['sunos', 'x64'], {}, jar), /Java 17/, 'a jar without a package still needs Java');
});

test('a package and files whose names are not ASCII work in every locale', async (context) => {
  const project = path.join(temporaryDirectory(), 'größe');
  await rename(await install(), project);
  const { child, ready } = await dev(context, project, { LC_ALL: 'C' }, '--data', 'dätä');
  await acceptsPush(ready);
  child.child.kill('SIGTERM');
  assert.deepEqual(await child.exited, { code: 0, signal: null }, child.stderr);
  assert.ok((await readdir(project)).includes('dätä'));
});

test('a stop signal in the moment in which the launcher starts the server reaches the server', async () => {
  const project = await install();
  const file = path.join(project, 'signal.cjs');
  const pid = path.join(project, 'pid');
  await writeFile(
    file,
    `const processes = require('node:child_process');
     const { spawn } = processes;
     processes.spawn = (...args) => {
       const child = spawn(...args);
       require('node:fs').writeFileSync(${JSON.stringify(pid)}, String(child.pid));
       process.kill(process.pid, 'SIGTERM');
       return child;
     };`,
  );
  const { exited } = launch(launcher(project), ['dev', '--port', '0'], {
    cwd: project,
    env: { ...process.env, NODE_OPTIONS: `--require ${file}` },
  });
  const { code, signal } = await exited;
  assert.ok(signal === 'SIGTERM' || code === 143, `${code} ${signal}`);
  await until('the server ends', async () => isGone(Number(await readFile(pid, 'utf8'))));
});

test('a server ends with the npx that started it', async (context) => {
  const project = await install();
  const npx = launch('npx', ['sluice', 'dev', '--port', '0', '--json'], { cwd: project });
  context.after(() => npx.child.kill('SIGKILL'));
  const line = await until('the ready line', () => npx.stdout.includes('\n') && npx.stdout);
  const { pid } = JSON.parse(line);
  context.after(() => isGone(pid) || process.kill(pid, 'SIGKILL'));
  npx.child.kill('SIGTERM');
  await until('the server ends', () => isGone(pid));
});

function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

test('the exit code and the error line of a command are those of the server', async () => {
  const project = await install();
  const { code, stderr } = await run(launcher(project), ['serve', '--set', 'no.such.key=1'], { cwd: project });
  assert.equal(code, 2);
  assert.match(stderr, /^sluice: [^\n]*no\.such\.key[^\n]*\n$/);
});
