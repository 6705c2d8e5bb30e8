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

/** The components of the jar, the Java runtime beside it, and packages of Debian: {name, version}. */
function writeBillOfMaterials(name, packages = []) {
  const bom = JSON.parse(readFileSync(billOfMaterials, 'utf8'));
  bom.components.push({
    type: 'platform',
    'bom-ref': `openjdk-runtime@${java.version}`,
    publisher: java.vendor,
    name: 'openjdk-runtime',
    version: java.version,
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
  writeBillOfMaterials(`${name}.cdx.json`);
}

rmSync(output, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
checkModules(java, fatJar);
const linuxX64 = path.join(work, 'linux-x64');
installation('linux-x64', linuxX64);

const kinds = {
  archive: () => buildArchive('linux-x64', linuxX64),
  debian: () => artifacts.push(buildDebianPackage('linux-x64', linuxX64, work)),
  image: () => {
    const { name, packages } = buildImage('linux-x64', java, linuxX64, work);
    artifacts.push(name);
    writeBillOfMaterials(`sluice-${version}-linux-x64.oci.cdx.json`, packages);
  },
  npm: () => {
    artifacts.push(packPlatform('linux-x64', linuxX64), ...packSources(work));
    for (const platform of Object.keys(PLATFORMS).filter((name) => name !== 'linux-x64')) {
      const directory = path.join(work, platform);
      jarOnly(platform, directory);
      artifacts.push(packPlatform(platform, directory));
    }
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
