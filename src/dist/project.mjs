// What every artifact has in common: version, time stamp, directories, and how commands are run.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory of the project. */
export const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The sources of the artifacts. */
export const sources = path.join(project, 'src/dist');

/** Where the artifacts are written: target/dist, or the directory that DIST_OUTPUT names. */
export const output = path.resolve(process.env.DIST_OUTPUT || path.join(project, 'target/dist'));

const pom = readFileSync(path.join(project, 'pom.xml'), 'utf8');

/** The version of everything that is built, from the pom. */
export const version = /<artifactId>sluice<\/artifactId>\s*<version>([^<]+)<\/version>/.exec(pom)[1];

/** The modification time of every file in every artifact, in seconds since 1970: the same input becomes the same bytes. */
export const timestamp = Date.parse(/<project\.build\.outputTimestamp>([^<]+)</.exec(pom)[1]) / 1000;

/** Runs a command and returns its standard output; its error output is shown. Throws if it fails. */
export function run(command, args, options = {}) {
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 << 20,
    ...options,
  });
}
