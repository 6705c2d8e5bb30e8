// The container image, as a file in the OCI layout that "docker load" and "podman load" read too. It is made from nothing
// but the installation and the shared libraries that it needs, so there is no shell, no package manager and no base image.

import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzip, normalize, sha256, tar } from './archive.mjs';
import { PLATFORMS } from './platforms.mjs';
import { output, project, run, sources, timestamp, version } from './project.mjs';

const HOME = '/opt/sluice';
const USER = 65532;
const JAVA = [`${HOME}/runtime/bin/java`, `@${HOME}/lib/java.options`, `@${HOME}/lib/image.options`];
const SECOND = 1_000_000_000;
const created = new Date(timestamp * 1000).toISOString();

/** What docker and podman make of the image, and Kubernetes where a pod does not say otherwise. */
const CONFIGURATION = {
  User: `${USER}:${USER}`,
  WorkingDir: '/data',
  Volumes: { '/data': {} },
  ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} },
  Env: [
    'LANG=C.UTF-8',
    // As in the launcher.
    'MALLOC_ARENA_MAX=2',
    'MALLOC_TRIM_THRESHOLD_=131072',
    'SLUICE_HTTP_HOST=0.0.0.0',
    'SLUICE_MANAGEMENT_HOST=0.0.0.0',
    'SLUICE_STORAGE_DIRECTORY=/data',
  ],
  Entrypoint: [...JAVA, '-jar', `${HOME}/lib/sluice.jar`],
  Cmd: ['serve'],
  StopSignal: 'SIGTERM',
  Healthcheck: {
    Test: ['CMD', ...JAVA, '-jar', `${HOME}/lib/sluice.jar`, 'health'],
    Interval: 30 * SECOND,
    Timeout: 10 * SECOND,
    StartPeriod: 300 * SECOND,
    Retries: 3,
  },
  Labels: {
    'org.opencontainers.image.title': 'Sluice',
    'org.opencontainers.image.description': 'A durable message queue that speaks the Cloudflare Queues HTTP API',
    'org.opencontainers.image.licenses': 'Apache-2.0',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.created': created,
  },
};

/** The shared libraries of this machine that files of the installation need: {name in the image, file, package}. */
function sharedLibraries({ home }, installation, work) {
  const natives = path.join(work, 'natives');
  mkdirSync(natives, { recursive: true });
  run(path.join(home, 'bin/jar'), ['--extract', '--file', path.join(installation, 'lib/sluice.jar')], { cwd: natives });
  const binaries = run('find', [path.join(installation, 'runtime'), natives, '-name', '*.so', '-o', '-name', 'java', '-type', 'f']);
  const libraries = new Map();
  for (const binary of binaries.trim().split('\n')) {
    for (const line of run('ldd', [binary]).split('\n')) {
      const [, name, file] = /^\s*(\S+)(?: => (not found|\S+))?(?: \(0x\w+\))?$/.exec(line) ?? [];
      const target = file ?? name;
      // Libraries of the runtime find each other by their own paths; the kernel provides linux-vdso.
      if (!target || target.startsWith(installation) || /^(libjvm|libjava)\.so$|^linux-vdso/.test(name)) continue;
      if (!target.startsWith('/')) throw new Error(`${binary} needs ${name}, which this machine does not have`);
      libraries.set(target, realpathSync(target));
    }
  }
  rmSync(natives, { recursive: true });
  return [...libraries].sort().map(([target, file]) => ({ target, file, package: packageOf(file) }));
}

/** The Debian package of a file: {name, version}. */
function packageOf(file) {
  const [name] = run('sh', ['-c', 'dpkg-query --search "$1" 2>/dev/null || dpkg-query --search "${1#/usr}"', 'sh', file]).split(':');
  return { name, version: run('dpkg-query', ['--show', '--showformat=${Version}', name]) };
}

/** The root file system without the jar. */
function writeRoot(root, installation, libraries) {
  for (const { target, file, package: { name } } of libraries) {
    const copy = path.join(root, target);
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(file, copy);
    const copyright = path.join(root, 'usr/share/doc', name, 'copyright');
    mkdirSync(path.dirname(copyright), { recursive: true });
    copyFileSync(`/usr/share/doc/${name}/copyright`, copyright);
  }
  cpSync(path.join(installation, 'runtime'), path.join(root, HOME, 'runtime'), { recursive: true, verbatimSymlinks: true });
  for (const directory of ['etc', 'tmp', 'data', 'proc', 'dev', 'sys']) mkdirSync(path.join(root, directory));
  writeFileSync(path.join(root, 'etc/passwd'), `root:x:0:0:root:/:/\nsluice:x:${USER}:${USER}:sluice:/data:/\n`);
  writeFileSync(path.join(root, 'etc/group'), `root:x:0:\nsluice:x:${USER}:\n`);
  writeFileSync(path.join(root, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
}

/** The class archive fits the paths of the image only, so the Java machine that makes it must see them. */
function makeClassArchive(root) {
  const script = `
    set -e
    mount --rbind /proc "$0/proc"
    mount --rbind /dev "$0/dev"
    mount -t tmpfs none "$0/tmp"
    java="${HOME}/runtime/bin/java -Xlog:disable -XX:-UsePerfData"
    chroot "$0" $java -XX:+UseSerialGC -XX:DumpLoadedClassList=/tmp/classes -jar ${HOME}/lib/sluice.jar training-run
    chroot "$0" $java -XX:+UseG1GC -Xshare:dump -XX:SharedClassListFile=/tmp/classes \\
      -XX:SharedArchiveFile=${HOME}/lib/sluice.jsa -cp ${HOME}/lib/sluice.jar`;
  const asRoot = process.getuid() === 0 ? [] : ['--user', '--map-root-user'];
  run('unshare', [...asRoot, '--mount', '--propagation', 'private', 'sh', '-c', script, root]);
}

/** The blobs of an image. */
class Blobs {
  constructor(directory) {
    this.root = directory;
    this.directory = path.join(directory, 'blobs/sha256');
    mkdirSync(this.directory, { recursive: true });
  }

  /** Adds a file; returns its descriptor. */
  add(mediaType, file) {
    const digest = sha256(file);
    const { size } = statSync(file);
    copyFileSync(file, path.join(this.directory, digest));
    rmSync(file);
    return { mediaType, digest: `sha256:${digest}`, size };
  }

  addJson(mediaType, value) {
    const file = path.join(this.root, 'value.json');
    writeFileSync(file, JSON.stringify(value));
    return this.add(mediaType, file);
  }
}

/** Builds the image from an installation; returns its name, and the packages whose libraries it contains. */
export function buildImage(platform, java, installation, work) {
  const root = path.join(work, 'image-root');
  const blobs = new Blobs(path.join(work, 'image'));
  const libraries = sharedLibraries(java, installation, work);
  const layers = [];
  const diffIds = [];
  const layer = path.join(work, 'layer.tar');
  const addLayer = () => {
    diffIds.push(`sha256:${sha256(layer)}`);
    layers.push(blobs.add('application/vnd.oci.image.layer.v1.tar+gzip', gzip(layer)));
  };

  writeRoot(root, installation, libraries);
  normalize(root);
  run('chmod', ['1777', path.join(root, 'tmp')]);
  run('chmod', ['0700', path.join(root, 'data')]);
  tar(layer, root, readdirSync(root).filter((name) => name !== 'data'));
  tar(layer, root, ['data'], { append: true, owner: USER });
  addLayer();

  mkdirSync(path.join(root, HOME, 'lib'));
  cpSync(path.join(installation, 'lib/sluice.jar'), path.join(root, HOME, 'lib/sluice.jar'));
  cpSync(path.join(installation, 'lib/java.options'), path.join(root, HOME, 'lib/java.options'));
  cpSync(path.join(sources, 'image/image.options'), path.join(root, HOME, 'lib/image.options'));
  cpSync(path.join(project, 'LICENSE'), path.join(root, HOME, 'LICENSE'));
  normalize(path.join(root, HOME));
  const added = ['LICENSE', 'lib', 'lib/image.options', 'lib/java.options', 'lib/sluice.jar'];
  tar(layer, root, added.map((name) => path.join(HOME, name).slice(1)), { recursive: false });
  addLayer();

  makeClassArchive(root);
  normalize(path.join(root, HOME, 'lib'));
  tar(layer, root, [path.join(HOME, 'lib/sluice.jsa').slice(1)]);
  addLayer();

  const config = blobs.addJson('application/vnd.oci.image.config.v1+json', {
    created,
    architecture: PLATFORMS[platform].oci,
    os: 'linux',
    config: CONFIGURATION,
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: ['libraries and Java runtime', 'Sluice', 'class archive'].map((text) => ({ created, created_by: text })),
  });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = blobs.addJson(mediaType, { schemaVersion: 2, mediaType, config, layers });
  const annotations = {
    'org.opencontainers.image.ref.name': version,
    'io.containerd.image.name': `docker.io/library/sluice:${version}`,
  };
  const write = (name, value) => writeFileSync(path.join(blobs.root, name), JSON.stringify(value));
  write('oci-layout', { imageLayoutVersion: '1.0.0' });
  write('index.json', { schemaVersion: 2, manifests: [{ ...manifest, annotations }] });
  // For "docker load" before version 25.
  const blob = ({ digest }) => `blobs/sha256/${digest.slice('sha256:'.length)}`;
  write('manifest.json', [{ Config: blob(config), RepoTags: [`sluice:${version}`], Layers: layers.map(blob) }]);
  normalize(blobs.root);
  const name = `sluice-${version}-${platform}.oci.tar`;
  tar(path.join(output, name), blobs.root, readdirSync(blobs.root));
  return { name, packages: libraries.map((library) => library.package) };
}
