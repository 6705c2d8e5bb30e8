import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './clients.js';
import { launch, run } from './process.js';
import { inTime } from './until.js';

const MODULE = path.join(repository, 'src/e2e/go');
const BUILDS = path.join(repository, 'target/clients/go');
/** A first build compiles the SDKs, which takes a minute of processor time. */
const BUILD_MILLIS = 30 * 60_000;

/** Why there is no Go here that can build the clients; undefined if there is. */
export async function goObstacle() {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION']);
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout) ?? [0, 0, 0];
    return Number(major) > 1 || Number(minor) >= 25 ? undefined : `needs Go 1.25 or newer (found: ${stdout.trim()})`;
  } catch {
    return 'there is no command go';
  }
}

/** The version of a module in go.mod. */
export function versionOf(module) {
  const line = readFileSync(path.join(MODULE, 'go.mod'), 'utf8').split('\n').find((each) => each.trim().startsWith(`${module} v`));
  return line.trim().split(' v')[1];
}

/**
 * Builds a program of the module and returns its path.
 *
 * @param name directory of the program
 * @param overlay contents of files that replace those of the program, by name
 */
export async function goProgram(name, overlay = {}, suffix = '') {
  const output = path.join(BUILDS, `${name}${suffix}`);
  const replaced = path.join(BUILDS, `${name}${suffix}-sources`);
  mkdirSync(replaced, { recursive: true });
  const Replace = {};
  for (const [file, text] of Object.entries(overlay)) {
    writeFileSync(path.join(replaced, file), text);
    Replace[path.join(MODULE, name, file)] = path.join(replaced, file);
  }
  const description = path.join(replaced, 'overlay.json');
  writeFileSync(description, JSON.stringify({ Replace }));
  await goBuild(MODULE, `./${name}`, output, ['-overlay', description]);
  return output;
}

/** Builds a package of the module in a directory. */
export async function goBuild(directory, name, output, options = []) {
  const args = ['build', '-mod=readonly', ...options, '-o', output, name];
  const build = launch('go', args, { cwd: directory });
  const { code } = await inTime(`go ${args.join(' ')}`, build.exited, BUILD_MILLIS);
  if (code !== 0) throw new Error(build.stderr);
}

/** The program ./sdk, which is written for version 7 of the SDK, for version 6: without the methods that are newer. */
export function goSdkOfVersion6() {
  const main = readFileSync(path.join(MODULE, 'sdk/main.go'), 'utf8').replaceAll('cloudflare-go/v7', 'cloudflare-go/v6');
  const newer = 'package main\n\nimport "sluice.test/clients/cases"\n\nfunc newerCases(cases.Client) {}\n';
  return goProgram('sdk', { 'main.go': main, 'newer.go': newer }, '-6');
}
