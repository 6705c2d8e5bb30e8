import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DevServer } from '../harness/dev-server.js';
import { run, temporaryDirectory } from '../harness/process.js';
import { Wrangler } from '../harness/wrangler.js';

const project = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const readme = fs.readFileSync(path.join(project, 'README.md'), 'utf8');

/** The first block of code below a heading. */
function block(heading) {
  const [, code] = /```\w*\n(.*?)```/s.exec(readme.slice(readme.indexOf(`\n${heading}\n`)));
  return code;
}

const environment = ({ info }) => ({
  PATH: process.env.PATH,
  CLOUDFLARE_BASE_URL: info.baseURL,
  CLOUDFLARE_ACCOUNT_ID: info.accountId,
  CLOUDFLARE_API_TOKEN: info.token,
});

test('the variables of the README are those that sluice dev prints', async (context) => {
  const [, command, ...args] = block('## Start').trim().split(' ');
  assert.deepEqual([command, ...args], ['sluice', 'dev', '--queue', 'hello']);
  const server = await DevServer.start(context, args.slice(1));
  const printed = readme.slice(readme.indexOf('export CLOUDFLARE_BASE_URL')).split('```')[0];
  assert.match(printed, new RegExp(`^export CLOUDFLARE_ACCOUNT_ID=${server.info.accountId}$`, 'm'));
  assert.match(printed, new RegExp(`^export CLOUDFLARE_API_TOKEN=${server.info.token}$`, 'm'));
});

test('the program of the README pushes, pulls and acknowledges', async (context) => {
  const server = await DevServer.start(context, ['--queue', 'hello']);
  const cwd = temporaryDirectory();
  fs.writeFileSync(path.join(cwd, 'hello.mjs'), block('### SDKs'));
  fs.symlinkSync(path.join(project, 'src/e2e/node_modules'), path.join(cwd, 'node_modules'));
  const { code, stdout, stderr } = await run(process.execPath, ['hello.mjs'], { cwd, env: environment(server) });
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '{"hello":"world"} 1\n');
  assert.equal(await server.backlog('hello'), 0);
});

test('the lines with curl of the README push and pull', async (context) => {
  const server = await DevServer.start(context, ['--queue', 'hello']);
  const lines = block('### curl').trim().split('\n');
  assert.match(lines.at(-1), /"lease_id":"…"/);
  const script = [...lines.slice(0, -1), 'echo'].join('\n');
  const { code, stdout, stderr } = await run('bash', ['-e', '-c', script], { env: environment(server) });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /"success":true.*"success":true.*"body":"Hello".*"lease_id"/s);
});

test('the lines with wrangler of the README create a queue with a consumer', async (context) => {
  const server = await DevServer.start(context, ['--queue', 'hello']);
  const wrangler = new Wrangler(server.info.baseURL, environment(server));
  for (const line of block('### wrangler').trim().split('\n')) {
    const { code, output } = await wrangler.run(line.split(' ').slice(2));
    assert.equal(code, 0, output);
  }
  const mails = (await server.sdk.queues.list({ account_id: server.info.accountId })).result.find(({ queue_name }) => queue_name === 'mails');
  assert.equal(mails.consumers[0].type, 'http_pull');
});

test('every link of the documents leads somewhere', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/README.md', 'src/e2e/README.md'];
  for (const directory of ['docs', 'docs/decisions']) {
    for (const name of fs.readdirSync(path.join(project, directory))) if (name.endsWith('.md')) documents.push(`${directory}/${name}`);
  }
  /** Anchors as GitHub makes them of headings. */
  const anchors = (text) =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  const broken = [];
  for (const document of documents) {
    const text = fs.readFileSync(path.join(project, document), 'utf8').replace(/```.*?```/gs, '');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file, anchor] = target.split('#');
      const linked = file === '' ? path.join(project, document) : path.join(project, path.dirname(document), file);
      const exists = fs.existsSync(linked);
      if (!exists || (anchor && !anchors(fs.readFileSync(linked, 'utf8')).includes(anchor))) broken.push(`${document}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});
