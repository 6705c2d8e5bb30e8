// The Debian package: the installation in /usr/lib/sluice, a systemd unit, a configuration file and a user.

import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { normalize } from './archive.mjs';
import { PLATFORMS } from './platforms.mjs';
import { output, project, run, sources, timestamp, version } from './project.mjs';

const DATA_DIRECTORY = '/var/lib/sluice';

/** "~" sorts before everything else: a snapshot is older than its release. */
const debianVersion = version.replaceAll('-', '~');

/** The documented configuration file, with the directory of the package. */
function configuration() {
  const all = readFileSync(path.join(project, 'conf/sluice.yaml'), 'utf8');
  const line = '  # directory: data\n';
  if (all.split(line).length !== 2) throw new Error(`conf/sluice.yaml has not exactly one line "${line.trim()}"`);
  return all
    .replace(line, `  directory: ${DATA_DIRECTORY}\n`)
    .replace(/^# Configuration of Sluice\..*\n/, '# Configuration of the service sluice. After a change: systemctl restart sluice\n');
}

function files(root, directory = '') {
  return readdirSync(path.join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(directory, entry.name);
    if (entry.isDirectory()) return files(root, name);
    return entry.isFile() ? [name] : [];
  });
}

/** Builds the package from an installation; returns its name. */
export function buildDebianPackage(platform, installation, work) {
  const root = path.join(work, `debian-${platform}`);
  const put = (from, to) => cpSync(from, path.join(root, to), { recursive: true, verbatimSymlinks: true });
  rmSync(root, { recursive: true, force: true });
  put(installation, 'usr/lib/sluice');
  for (const name of ['LICENSE', 'conf', 'package.json']) rmSync(path.join(root, 'usr/lib/sluice', name), { recursive: true, force: true });
  put(path.join(project, 'LICENSE'), 'usr/share/doc/sluice/copyright');
  put(path.join(project, 'docs/deployment.md'), 'usr/share/doc/sluice/deployment.md');
  put(path.join(project, 'conf/systemd/sluice.service'), 'usr/lib/systemd/system/sluice.service');
  mkdirSync(path.join(root, 'usr/bin'));
  symlinkSync('../lib/sluice/bin/sluice', path.join(root, 'usr/bin/sluice'));
  mkdirSync(path.join(root, 'etc/sluice'), { recursive: true });
  writeFileSync(path.join(root, 'etc/sluice/sluice.yaml'), configuration());

  const contents = files(root);
  const sum = (name) => createHash('md5').update(readFileSync(path.join(root, name))).digest('hex');
  const bytes = contents.reduce((total, name) => total + readFileSync(path.join(root, name)).length, 0);
  const architecture = PLATFORMS[platform].debian;
  const values = { version: debianVersion, architecture, kilobytes: String(Math.ceil(bytes / 1024)) };
  const control = readFileSync(path.join(sources, 'debian/control'), 'utf8').replace(/\$\{(\w+)\}/g, (_, name) => values[name]);
  mkdirSync(path.join(root, 'DEBIAN'));
  writeFileSync(path.join(root, 'DEBIAN/control'), control);
  writeFileSync(path.join(root, 'DEBIAN/conffiles'), '/etc/sluice/sluice.yaml\n');
  const checked = contents.filter((name) => !name.startsWith('etc/')).sort();
  writeFileSync(path.join(root, 'DEBIAN/md5sums'), checked.map((name) => `${sum(name)}  ${name}\n`).join(''));
  normalize(root);
  for (const script of ['postinst', 'prerm', 'postrm']) {
    put(path.join(sources, 'debian', script), path.join('DEBIAN', script));
    chmodSync(path.join(root, 'DEBIAN', script), 0o755);
  }
  const name = `sluice_${debianVersion}_${architecture}.deb`;
  run('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z9', '--build', root, path.join(output, name)], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(timestamp) },
  });
  return name;
}
