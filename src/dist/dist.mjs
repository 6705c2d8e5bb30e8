// Builds the artifacts from target/sluice.jar into target/dist: make dist, or node src/dist/dist.mjs archive debian image npm.
// Needs a JDK with jlink (DIST_JDK names another one than the java command's) and GNU tar. See docs/deployment.md.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzip, normalize, tar, writeChecksums } from './archive.mjs';
import { buildDebianPackage } from './debian.mjs';
import { buildImage } from './image.mjs';
import { packPlatform, packSources } from './npm.mjs';
import { PLATFORMS } from './platforms.mjs';
import { output, project, run, sources, version } from './project.mjs';
import { checkModules, jdk, link } from './runtime.mjs';

const fatJar = path.join(project, 'target/sluice.jar');
const billOfMaterials = path.join(project, 'target/sluice-bom.json');
for (const file of [fatJar, billOfMaterials]) {
  if (!existsSync(file)) throw new Error(`${file} is missing: make build, which must reach the Maven repository`);
}

/** The platform of this build. */
const HOST = 'linux-x64';
const java = jdk();
const work = path.join(output, 'work');
const artifacts = [];

/** The jar with the native libraries of one platform. */
function slimJar(platform, file) {
  mkdirSync(path.dirname(file), { recursive: true });
  run(path.join(java.home, 'bin/java'), [path.join(sources, 'SlimJar.java'), fatJar, file, ...PLATFORMS[platform].natives]);
}

/** The jar of one platform and its options, in a new directory. */
function jarOnly(platform, directory) {
  slimJar(platform, path.join(directory, 'lib/sluice.jar'));
  cpSync(path.join(sources, 'launcher/java.options'), path.join(directory, 'lib/java.options'));
  cpSync(path.join(project, 'LICENSE'), path.join(directory, 'LICENSE'));
}

/** Runtime, jar and launcher of one platform, in a new directory; the same tree is in every artifact of that platform. */
function installation(platform, directory, jmods) {
  jarOnly(platform, directory);
  link(java, path.join(directory, 'runtime'), { jmods });
  cpSync(path.join(sources, 'launcher/sluice'), path.join(directory, 'bin/sluice'));
  mkdirSync(path.join(directory, 'conf'));
  cpSync(path.join(project, 'conf/sluice.yaml'), path.join(directory, 'conf/sluice.yaml'));
  normalize(directory);
}

/** The components of the jar, the Java runtime of an installation, and packages of Debian: {name, version}. */
function writeBillOfMaterials(name, installed, packages = []) {
  const release = readFileSync(path.join(installed, 'runtime/release'), 'utf8');
  const [, javaVersion] = /^JAVA_VERSION="(.*)"$/m.exec(release);
  const bom = JSON.parse(readFileSync(billOfMaterials, 'utf8'));
  bom.components.push({
    type: 'platform',
    'bom-ref': `openjdk-runtime@${javaVersion}`,
    name: 'openjdk-runtime',
    version: javaVersion,
    licenses: [{ expression: 'GPL-2.0-only WITH Classpath-exception-2.0' }],
  });
  const urls = new Set(packages.map((each) => `pkg:deb/debian/${each.name}@${encodeURIComponent(each.version)}`));
  for (const purl of urls) {
    const [, component, packageVersion] = /^pkg:deb\/debian\/(.*)@(.*)$/.exec(purl);
    bom.components.push({ type: 'library', 'bom-ref': purl, name: component, version: decodeURIComponent(packageVersion), purl });
  }
  writeFileSync(path.join(output, name), `${JSON.stringify(bom, undefined, 2)}\n`);
  artifacts.push(name);
}

function buildArchive(platform, directory) {
  const name = `sluice-${version}-${platform}`;
  tar(path.join(output, `${name}.tar`), path.dirname(directory), [path.basename(directory)], {
    options: [`--transform=flags=rSH;s,^${path.basename(directory)},${name},`],
  });
  gzip(path.join(output, `${name}.tar`));
  artifacts.push(`${name}.tar.gz`);
  writeBillOfMaterials(`${name}.cdx.json`, directory);
}

rmSync(output, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
checkModules(java, fatJar);

/** The directory of the modules of another platform, if they are at hand. */
const foreignModules = (platform) => path.join(project, 'target/jmods', platform);
const withRuntime = Object.keys(PLATFORMS).filter((platform) => platform === HOST || existsSync(foreignModules(platform)));
const directoryOf = (platform) => path.join(work, platform);
for (const platform of withRuntime) {
  installation(platform, directoryOf(platform), platform === HOST ? undefined : foreignModules(platform));
}

const kinds = {
  archive: () => withRuntime.forEach((platform) => buildArchive(platform, directoryOf(platform))),
  debian: () => artifacts.push(...withRuntime.map((platform) => buildDebianPackage(platform, directoryOf(platform), work))),
  image: () => {
    const { name, packages } = buildImage(HOST, java, directoryOf(HOST), work);
    artifacts.push(name);
    writeBillOfMaterials(`sluice-${version}-${HOST}.oci.cdx.json`, directoryOf(HOST), packages);
  },
  npm: () => {
    for (const platform of Object.keys(PLATFORMS)) {
      if (!withRuntime.includes(platform)) jarOnly(platform, directoryOf(platform));
      artifacts.push(packPlatform(platform, directoryOf(platform)));
    }
    artifacts.push(...packSources(work));
  },
};
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(kinds);
for (const kind of wanted) {
  if (!(kind in kinds)) throw new Error(`unknown: ${kind}; one of ${Object.keys(kinds).join(', ')}`);
  kinds[kind]();
}
writeChecksums(output, artifacts);
rmSync(work, { recursive: true });
console.log(`${output}: ${artifacts.join(', ')}`);
