// Archives whose bytes depend on nothing but their contents: sorted names, one time, no owner.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, timestamp } from './project.mjs';

/** Sets modes that do not depend on the umask of the build, and the one modification time. */
export function normalize(directory) {
  run('chmod', ['-R', 'u=rwX,go=rX', directory]);
  run('find', [directory, '-exec', 'touch', '--no-dereference', '--date', `@${timestamp}`, '{}', '+']);
}

/** Writes entries of a directory as a tar file, or appends them; the owner is root unless another number is given. */
export function tar(file, directory, entries, { append = false, owner = 0, recursive = true, options = [] } = {}) {
  run('tar', [
    append ? '--append' : '--create', '--file', file, '--directory', directory, '--format=gnu', '--sort=name',
    `--mtime=@${timestamp}`, `--owner=${owner}`, `--group=${owner}`, '--numeric-owner',
    ...(recursive ? [] : ['--no-recursion']), ...options, ...entries,
  ]); // prettier-ignore
}

/** Compresses a file and removes it; returns the name of the compressed one. */
export function gzip(file) {
  run('gzip', ['--best', '--no-name', '--force', file]);
  return `${file}.gz`;
}

/** The SHA-256 of a file, in hexadecimal digits. */
export const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Writes SHA256SUMS for the named files of a directory; `sha256sum --check` reads it. */
export function writeChecksums(directory, names) {
  const lines = names.toSorted().map((name) => `${sha256(path.join(directory, name))}  ${name}\n`);
  writeFileSync(path.join(directory, 'SHA256SUMS'), lines.join(''));
}
