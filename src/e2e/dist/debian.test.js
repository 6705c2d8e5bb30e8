import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { artifact, createQueue, proveInstallation, pull, push, version } from '../harness/installation.js';
import { temporaryDirectory, launch, run } from '../harness/process.js';
import { requirement } from '../harness/requirement.js';
import { ScratchRoot } from '../harness/scratch-root.js';
import { Server, TOKEN } from '../harness/server.js';
import { until } from '../harness/until.js';

// The Debian package, installed by dpkg into a root file system of its own. systemd does not run there: systemctl is a
// script that records its arguments, and the tests start the command of the unit as the user of the unit.

const EXPOSURE_MAX = 2.0;
const UNIT = '/usr/lib/systemd/system/sluice.service';
const debianVersion = version.replaceAll('-', '~');

const found = (command) => spawnSync(command, ['--version']).error === undefined;
const missing = ['dpkg-deb', 'systemd-analyze', 'unshare', 'python3'].filter((command) => !found(command));
const root = missing.length === 0 ? await ScratchRoot.make() : undefined;
const needed = requirement(
  missing.length > 0 ? `${missing.join(', ')} missing` : !root && 'a root file system cannot be mounted here',
);

before(
  () =>
    root?.shell(`
      mkdir -p /run/systemd/system
      rm -f /usr/bin/systemctl
      printf '#!/bin/sh\\necho "$*" >>/systemctl.calls\\n' >/usr/bin/systemctl
      printf '#!/bin/sh\\necho "$*" >>/systemctl.calls\\n' >/usr/bin/deb-systemd-invoke
      chmod +x /usr/bin/systemctl /usr/bin/deb-systemd-invoke`),
);
after(() => root?.remove());

const install = (file) => root.shell(`dpkg --install --force-confold '${file}' 2>&1`);
const calls = () => root.shell('cat /systemctl.calls 2>/dev/null || true; rm -f /systemctl.calls');

/** A server as the unit starts it: its command, user, directory and environment, without capabilities. */
async function service(context, { environment = {}, settings = {} } = {}) {
  const unit = await root.shell(`cat ${UNIT}`);
  const exec = /^ExecStart=(.*) serve (.*)$/m.exec(unit);
  const user = /^User=(.*)$/m.exec(unit)[1];
  const program = root.command(
    'setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all',
    'sh', '-c', 'cd /var/lib/sluice && umask 0077 && exec "$@"', 'sh', exec[1],
  ); // prettier-ignore
  const server = new Server({
    program,
    args: exec[2].split(' '),
    settings: { 'auth.token': TOKEN, 'storage.directory': undefined, ...settings },
    directory: '/var/lib/sluice',
    environment,
  });
  context.after(() => server.kill());
  return server;
}

/** The package with another version. */
async function rebuilt(newVersion) {
  const directory = path.join(temporaryDirectory(), 'package');
  const file = `${directory}.deb`;
  const script = `dpkg-deb -R "$1" "$2" && sed -i 's/^Version: .*/Version: ${newVersion}/' "$2/DEBIAN/control" &&
    dpkg-deb --root-owner-group -Znone -b "$2" "$3"`;
  const { code, stderr } = await run('sh', ['-c', script, 'sh', artifact(`sluice_${debianVersion}_amd64.deb`), directory, file]);
  assert.equal(code, 0, stderr);
  return file;
}

test('the package installs a user, a private configuration, a class archive, and starts the service', needed, async () => {
  await install(artifact(`sluice_${debianVersion}_amd64.deb`));
  assert.equal(await root.shell('sluice --version'), `sluice ${version}\n`);
  const stat = await root.shell('stat -c "%n %U:%G %a" /etc/sluice/sluice.yaml /var/lib/sluice /usr/lib/sluice/lib/sluice.jsa');
  assert.equal(
    stat,
    '/etc/sluice/sluice.yaml root:sluice 640\n/var/lib/sluice sluice:sluice 700\n/usr/lib/sluice/lib/sluice.jsa root:root 444\n',
  );
  assert.match(await root.shell('getent passwd sluice'), /:\/var\/lib\/sluice:\/usr\/sbin\/nologin\n$/);
  assert.equal(await calls(), 'daemon-reload\nenable sluice.service\nstart sluice.service\n');
  assert.equal(await root.shell('dpkg --verify sluice'), '');
});

test('systemd accepts the unit, and its exposure is at most 2.0', needed, async () => {
  const verified = await root.run('systemd-analyze', 'verify', '--man=no', UNIT);
  assert.equal(verified.code, 0, verified.stderr);
  assert.doesNotMatch(verified.stderr, /sluice\.service/);
  const { stdout } = await root.run('systemd-analyze', 'security', '--offline=true', UNIT);
  const exposure = Number(/Overall exposure level for sluice\.service: ([\d.]+)/.exec(stdout)[1]);
  assert.ok(exposure <= EXPOSURE_MAX, stdout);
});

test('the command of the unit serves as its user, reports to systemd, and uses the class archive', needed, async (context) => {
  await root.shell('rm -f /run/notify; install -d -m 777 /run/test');
  const listen = `
import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('/run/test/notify')
os.chmod('/run/test/notify', 0o777)
print('listening', flush=True)
while True: print(s.recv(4096).decode().replace(chr(10), ' '), flush=True)`;
  const [first, ...rest] = root.command('python3', '-c', listen);
  const systemd = launch(first, rest, { cwd: '/' });
  context.after(() => systemd.child.kill());
  await until('the socket is open', () => systemd.stdout.includes('listening'));
  const server = await service(context, { environment: { NOTIFY_SOCKET: '/run/test/notify', JAVA_OPTS: '-Xshare:on' } });
  await proveInstallation(server);
  await until('both starts are reported', () => systemd.stdout.match(/READY=1/g)?.length === 2);
  assert.match(await root.shell(`cat ${UNIT}`), /^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
  process.kill(server.pid, 'SIGHUP');
  await until('the reload is reported', () => /RELOADING=1 MONOTONIC_USEC=\d+\nREADY=1/.test(systemd.stdout));
  await server.stop();
  await until('the stop is reported', () => systemd.stdout.match(/STOPPING=1/g)?.length === 2);
  assert.match(await root.shell('ls /var/lib/sluice'), /^native$/m, 'the directory of the configuration file');
});

test('an update under a running server keeps data, configuration and server; the service is restarted', needed, async (context) => {
  const server = await service(context);
  await server.start();
  const id = await createQueue(server, 'updated');
  await push(server, id, 'before');
  await root.shell('echo "# changed by the administrator" >>/etc/sluice/sluice.yaml');
  await calls();
  await install(await rebuilt('9.0'));
  assert.equal(await calls(), 'daemon-reload\ntry-restart sluice.service\n');
  assert.match(await root.shell('tail -1 /etc/sluice/sluice.yaml'), /changed by the administrator/);
  // The server still runs the files that were replaced.
  await push(server, id, 'during');
  await createQueue(server, 'created-during');
  assert.deepEqual(await pull(server, id), ['before', 'during']);
  await push(server, id, 'kept');
  await server.stop();
  await server.start();
  assert.deepEqual(await pull(server, id), ['kept']);
  await server.stop();
});

test('a removal keeps the data, a purge deletes data and user', needed, async () => {
  await calls();
  await root.shell('dpkg --remove sluice 2>&1');
  assert.equal(await calls(), 'stop sluice.service\ndisable sluice.service\ndaemon-reload\n');
  assert.equal(await root.shell('ls -d /usr/lib/sluice /usr/bin/sluice 2>/dev/null || true'), '');
  assert.match(await root.shell('ls -d /var/lib/sluice /etc/sluice/sluice.yaml'), /^\/etc.*\n\/var.*\n$/);
  await root.shell('dpkg --purge sluice 2>&1');
  assert.equal(await root.shell('ls -d /var/lib/sluice /etc/sluice 2>/dev/null || true'), '');
  assert.equal(await root.shell('getent passwd sluice || true'), '');
});
