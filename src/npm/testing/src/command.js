'use strict';

const { existsSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

/** A quick start and little memory matter more in a test than the last bit of speed. */
const JAVA_OPTIONS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m'];

/** The command that runs Sluice, without the arguments of `dev`. */
function launchCommand({ command, jar = process.env.SLUICE_JAR, java, javaOptions = JAVA_OPTIONS, cwd }) {
  if (command) return command;
  if (jar) return [java ?? javaOfEnvironment(), ...javaOptions, ...archiveOptions(jar), '-jar', jar];
  const launcher = packageLauncher(cwd ?? process.cwd());
  return launcher ? [process.execPath, launcher] : ['sluice'];
}

function javaOfEnvironment() {
  return process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
}

/** A class archive beside the jar saves a third of the start. One that does not fit is ignored, without a warning. */
function archiveOptions(jar) {
  const archive = jar.replace(/\.jar$/, '.jsa');
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, '-Xlog:disable', '-Xlog:all=off'] : [];
}

/** The launcher of the npm package `sluice`, as the project of the tests sees it. */
function packageLauncher(directory) {
  for (const from of [path.join(directory, 'package.json'), __filename]) {
    try {
      const file = createRequire(from).resolve('sluice/package.json');
      const { bin } = JSON.parse(readFileSync(file, 'utf8'));
      return path.join(path.dirname(file), typeof bin === 'string' ? bin : bin.sluice);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    }
  }
  return undefined;
}

module.exports = { launchCommand };
