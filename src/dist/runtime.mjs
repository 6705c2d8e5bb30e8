// The Java runtime of the artifacts: the modules that Sluice needs, linked with jlink.

import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from './project.mjs';

/** The modules of the runtime, and why those that jdeps does not find are among them. */
export const MODULES = [
  'java.base',
  'java.logging',
  'java.management',
  'java.naming',
  'java.net.http',
  // Authentication of the Kafka client: SASL, and Kerberos, whose classes it loads.
  'java.security.jgss',
  'java.security.sasl',
  'java.xml',
  // Memory and processors of a cgroup, for metrics.
  'jdk.management',
  // Certificates with elliptic curves, where the JDK reads them.
  'jdk.crypto.ec',
  // sun.misc.Unsafe for Netty, sun.misc.Signal for SIGHUP.
  'jdk.unsupported',
];

/** Modules that classes of libraries refer to, which Sluice does not use. */
const UNUSED = new Set([
  // Annotation processors of Vert.x.
  'java.compiler',
  // Beans of SnakeYAML and Jackson: only plain maps are read.
  'java.desktop',
  // Databases as a source of logback's context, and SQL dates of Jackson.
  'java.sql',
  // Events of Netty for flight recordings.
  'jdk.jfr',
]);

/** The JDK whose runtime is shipped: of DIST_JDK, else of JAVA_HOME, else of the java command. */
export function jdk() {
  const named = process.env.DIST_JDK || process.env.JAVA_HOME;
  const home = named || path.resolve(realpathSync(run('sh', ['-c', 'command -v java']).trim()), '../..');
  if (!existsSync(path.join(home, 'bin/jlink'))) {
    throw new Error(`${home} has no jlink: name a JDK in DIST_JDK. On Debian: apt-get install openjdk-17-jdk-headless`);
  }
  const release = readFileSync(path.join(home, 'release'), 'utf8');
  return { home, feature: Number.parseInt(/^JAVA_VERSION="(.*)"$/m.exec(release)[1], 10) };
}

/** Fails if the jar refers to a module that is neither in the runtime nor known to be unused. */
export function checkModules({ home }, jar) {
  const options = ['--ignore-missing-deps', '--multi-release', '17', '--print-module-deps'];
  const found = run(path.join(home, 'bin/jdeps'), [...options, jar]);
  const unknown = found.trim().split(',').filter((name) => !MODULES.includes(name) && !UNUSED.has(name));
  if (unknown.length > 0) {
    throw new Error(`the jar refers to the modules ${unknown}: add them to MODULES or UNUSED in runtime.mjs`);
  }
}

/** Links the runtime into a new directory. */
export function link({ home, feature }, directory, { jmods } = {}) {
  rmSync(directory, { recursive: true, force: true });
  run(path.join(home, 'bin/jlink'), [
    ...(jmods ? ['--module-path', jmods] : []),
    '--add-modules', MODULES.join(','),
    '--strip-java-debug-attributes', '--no-header-files', '--no-man-pages', '--dedup-legal-notices=error-if-not-same-content',
    // The archives are compressed as a whole; this way a start needs not decompress.
    feature >= 21 ? '--compress=zip-0' : '--compress=0',
    '--output', directory,
  ]); // prettier-ignore
}
