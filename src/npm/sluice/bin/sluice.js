#!/usr/bin/env node
'use strict';

// Runs Sluice from the package of this platform. That package has a Java runtime, or only the jar; then a Java 17 of the
// machine runs it.

const { spawn, spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');

const JAVA_MIN = 17;
const CANNOT_START = 2;
const PARENT_CHECK_MILLIS = 500;
const platform = `${process.platform}-${process.arch}`;

/** The directory of the package for this platform; undefined if it is not installed. */
function packageDirectory() {
  try {
    return path.dirname(require.resolve(`@sluice/${platform}/package.json`));
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return undefined;
  }
}

function fail(line) {
  console.error(`sluice: ${line}`);
  process.exit(CANNOT_START);
}

/** The Java of this machine; ends with an error if there is none, or one that is too old. */
function systemJava() {
  const home = process.env.JAVA_HOME;
  const java = home ? path.join(home, 'bin', 'java') : 'java';
  const { error, stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const need = `install Java ${JAVA_MIN} or newer, or name one in JAVA_HOME`;
  if (error) fail(`on ${platform} Sluice needs a Java of the machine, but ${java} cannot be run: ${need}`);
  const version = Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1]);
  if (!(version >= JAVA_MIN)) fail(`on ${platform} Sluice needs a newer Java than ${java} (${version || 'unknown'}): ${need}`);
  return java;
}

/** The command that runs Sluice, without its arguments. */
function program() {
  const directory = packageDirectory();
  if (directory && existsSync(path.join(directory, 'runtime'))) return [path.join(directory, 'bin', 'sluice')];
  const jar = directory ? path.join(directory, 'lib', 'sluice.jar') : process.env.SLUICE_JAR;
  if (!jar) {
    fail(
      `the package @sluice/${platform} is not installed. If there is one for this platform, optional dependencies were ` +
        `left out: npm install @sluice/${platform}. Otherwise name a sluice.jar in SLUICE_JAR`,
    );
  }
  const options = directory ? [`@${path.join(directory, 'lib', 'java.options')}`] : [];
  const quickStart = process.argv[2] === 'dev' ? ['-XX:TieredStopAtLevel=1'] : [];
  const given = (process.env.JAVA_OPTS ?? '').split(/\s+/).filter(Boolean);
  return [systemJava(), ...options, ...quickStart, ...given, '-jar', jar];
}

const [command, ...first] = program();
const { SLUICE_JAR: _, ...env } = process.env;
// Java reads names of files in the character set of the locale, which many containers and services lack.
if (process.platform === 'linux') env.LC_ALL = 'C.UTF-8';
// Before the server starts: a signal that ended only the launcher would leave the server behind.
let child;
const forward = (signal) => child.kill(signal);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
child = spawn(command, [...first, ...process.argv.slice(2)], { stdio: 'inherit', env });
child.once('error', (error) => fail(`${command} cannot be run: ${error.message}`));
// npx ends at a SIGTERM and passes it to no one. What else starts the launcher in the background may end before it.
const startedBy = process.ppid;
const { npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = process.env;
if (event === 'npx' && /^'?sluice\b/.test(script)) {
  setInterval(() => process.ppid === startedBy || forward('SIGTERM'), PARENT_CHECK_MILLIS).unref();
}
child.once('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  for (const each of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(each, forward);
  process.kill(process.pid, signal);
});
