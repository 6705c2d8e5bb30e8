// The npm packages: "sluice" with a launcher, one package per platform that npm installs where it fits, and the libraries.

import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { normalize } from './archive.mjs';
import { PLATFORMS } from './platforms.mjs';
import { output, project, run, version } from './project.mjs';

const packages = path.join(project, 'src/npm');
const nameOf = (platform) => `@sluice/${platform}`;

/** Packs a directory; returns the name of the file. */
function pack(directory) {
  normalize(directory);
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', output, directory]));
  return filename;
}

function writePackage(directory, contents) {
  writeFileSync(path.join(directory, 'package.json'), `${JSON.stringify({ ...contents, version }, undefined, 2)}\n`);
}

/** Packs what is installed on a platform: with a runtime, or the jar and its options only. */
export function packPlatform(platform, directory) {
  const { os, cpu, libc } = PLATFORMS[platform];
  writePackage(directory, {
    name: nameOf(platform),
    version,
    description: `Sluice for ${platform}; installed by the package "sluice"`,
    license: 'Apache-2.0',
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
  });
  return pack(directory);
}

/** Packs "sluice" and the libraries of src/npm, with the version of the project; returns the names of the files. */
export function packSources(work) {
  return readdirSync(packages).map((name) => {
    const directory = path.join(work, 'npm', name);
    mkdirSync(directory, { recursive: true });
    cpSync(path.join(packages, name), directory, { recursive: true, filter: (file) => !file.includes('node_modules') });
    cpSync(path.join(project, 'LICENSE'), path.join(directory, 'LICENSE'));
    const contents = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
    const platforms = Object.keys(PLATFORMS).map((platform) => [nameOf(platform), version]);
    writePackage(directory, name === 'sluice' ? { ...contents, optionalDependencies: Object.fromEntries(platforms) } : contents);
    return pack(directory);
  });
}
