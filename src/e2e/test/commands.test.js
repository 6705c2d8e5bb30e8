import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { ConsoleData } from '../harness/console-data.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { LIMIT_MILLIS, until } from '../harness/until.js';

const JAR = process.env.SLUICE_JAR ?? new URL('../../../target/sluice.jar', import.meta.url).pathname;
let server, data;

before(async () => {
  server = await new Server().start();
  data = new ConsoleData(server.origin, TOKEN, ACCOUNT);
});
after(() => server.stop());

/** Runs a command with the environment that the first start prints. */
function sluice(args, input = '', token = TOKEN, terminal = false) {
  const environment = { ...process.env, CLOUDFLARE_BASE_URL: `${server.origin}/client/v4`, CLOUDFLARE_ACCOUNT_ID: ACCOUNT, CLOUDFLARE_API_TOKEN: token };
  const command = [process.env.SLUICE_JAVA ?? 'java', '-XX:TieredStopAtLevel=1', '-jar', JAR, ...args];
  // script gives it a terminal, whose output is all on standard output.
  const child = terminal
    ? spawn('script', ['--quiet', '--return', '--command', command.join(' '), '/dev/null'], { env: { ...environment, TERM: 'xterm' } })
    : spawn(command[0], command.slice(1), { env: environment });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => { stdout += text; });
  child.stderr.on('data', (text) => { stderr += text; });
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}

test('messages are pushed from standard input, shown, pulled and acknowledged', async () => {
  const id = await data.queue('work', { type: 'http_pull' });
  assert.match((await sluice(['push', 'work', '--lines'], 'one\ntwo\n')).stdout, /^2 messages pushed/);
  await data.push(id, 'escape \u001b[31m');
  const peeked = await sluice(['peek', 'work']);
  assert.match(peeked.stdout, /ready.*one[\s\S]*two[\s\S]*escape \\u001b\[31m/);
  assert.doesNotMatch(peeked.stdout, /\u001b/);
  assert.deepEqual((await sluice(['pull', 'work', '--ack'])).stdout.split('\n').slice(0, 2), ['one', 'two']);
  assert.deepEqual((await sluice(['peek', 'work', '--json'])).stdout, '');
});

test('queues are listed for people and for programs; delivery is paused and resumed', async () => {
  await data.queue('listed');
  assert.match((await sluice(['queues'])).stdout, /^QUEUE +READY[\s\S]*^listed +0/m);
  assert.match((await sluice(['pause', 'listed'])).stdout, /listed is paused/);
  const queues = (await sluice(['queues', '--json'])).stdout.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(queues.find(({ queue_name }) => queue_name === 'listed').delivery_paused, true);
  assert.match((await sluice(['resume', 'listed'])).stdout, /listed delivers/);
});

test('a purge needs a confirmation, a redrive waits for its end, and an unknown queue is one line', async () => {
  const id = await data.queue('from');
  await data.queue('to');
  await data.push(id, 'x');
  assert.match((await sluice(['redrive', 'from', '--to', 'to'])).stdout, /^completed: 1 moved, 0 skipped/);
  const refused = await sluice(['purge', 'to']);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /confirm it with --yes/);
  assert.match((await sluice(['purge', 'to', '--yes'])).stdout, /to is empty/);
  const unknown = await sluice(['peek', 'none']);
  assert.equal(unknown.status, 2);
  assert.equal(unknown.stderr, "sluice: there is no queue 'none'\n");
});

test('the configuration names its sources and hides secrets; completion is a script; the console has a link', async () => {
  const config = (await sluice(['config', '--set', 'http.port=9000', '--set', 'auth.token=very-secret'])).stdout;
  assert.match(config, /^http\.port +9000 +--set$/m);
  assert.match(config, /^http\.host +127\.0\.0\.1 +default$/m);
  assert.doesNotMatch(config, /very-secret/);
  assert.match((await sluice(['generate-completion'])).stdout, /complete .*sluice/);
  assert.match((await sluice(['console'])).stdout, /^http:\/\/127\.0\.0\.1:\d+\/console\/#code=[\w-]{40,}\n$/);
});

test('a token is created, used, listed with its last use, and revoked; its hash is that of the configuration', async () => {
  await data.queue('read-only');
  const created = await sluice(['token', 'create', 'reports', '--expires', '1h']);
  assert.match(created.stdout, /^sluice_[0-9a-f]{40}\n$/, created.stderr);
  const token = created.stdout.trim();
  assert.equal((await sluice(['queues'], '', token)).status, 0);
  assert.match((await sluice(['push', 'read-only'], 'x', token)).stderr, /may read, but not write/);
  const list = (await sluice(['token', 'list'])).stdout;
  assert.match(list, /^\(configuration\) +auth\.token +write +all +never +-$/m);
  assert.match(list, new RegExp(`^[0-9a-f]{32} +reports +read +${ACCOUNT} +20\\d\\d-\\S+ \\d\\d:\\d\\dZ +20\\d\\d-\\S+ \\d\\d:\\d\\dZ$`, 'm'));
  assert.doesNotMatch(list, new RegExp(token));
  assert.equal((await sluice(['token', 'revoke', 'reports'])).stdout, 'reports is revoked\n');
  const refused = await sluice(['queues'], '', token);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /^sluice: Authentication error: [^\n]*\n$/);
  assert.match((await sluice(['token', 'revoke', 'reports'])).stderr, /there is no token 'reports'/);
  const expected = createHash('sha256').update('my-token').digest('hex');
  assert.equal((await sluice(['token', 'hash'], 'my-token\n')).stdout, `${expected}\n`);
});

test('a list that is watched ends when its reader has gone', async () => {
  await data.queue('watched');
  const child = spawn(process.env.SLUICE_JAVA ?? 'java', ['-XX:TieredStopAtLevel=1', '-jar', JAR, 'queues', '--watch', '--url', server.origin], {
    env: { ...process.env, CLOUDFLARE_ACCOUNT_ID: ACCOUNT, CLOUDFLARE_API_TOKEN: TOKEN },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MILLIS);
  child.stdout.once('data', () => child.stdout.destroy());
  assert.equal(await ended, 0);
  clearTimeout(limit);
});

test('a redrive whose command loses its token says that it continues', async () => {
  const id = await data.queue('lost-from');
  await data.queue('lost-to');
  for (let i = 0; i < 60; i += 1) await data.push(id, `m${i}`);
  const token = (await sluice(['token', 'create', 'mover', '--write'])).stdout.trim();
  const redrive = sluice(['redrive', 'lost-from', '--to', 'lost-to', '--rate', '1'], '', token);
  await until('it runs', async () => (await data.own('GET', `/queues/${id}/redrives`)).some(({ status }) => status === 'running'));
  await sluice(['token', 'revoke', 'mover']);
  const { status, stderr } = await redrive;
  assert.equal(status, 2);
  assert.match(stderr, /^sluice: Authentication error: .*; the redrive [0-9a-f]{32} continues without this command\n$/);
});

test('long work shows its progress on a terminal only, and removes it', async () => {
  const id = await data.queue('slow-from');
  await data.queue('slow-to');
  for (let i = 0; i < 12; i += 1) await data.push(id, `m${i}`);
  const args = ['redrive', 'slow-from', '--to', 'slow-to', '--rate', '4'];
  const onTerminal = await sluice(args, '', TOKEN, true);
  assert.match(onTerminal.stdout, /\r\u001b\[K\[[#-]{30}\] \d+ of 12 … \d+ s/);
  assert.match(onTerminal.stdout, /\r\u001b\[Kcompleted: 12 moved, 0 skipped/);
  const piped = await sluice(['redrive', 'slow-to', '--to', 'slow-from', '--rate', '12']);
  assert.equal(piped.stderr, '');
  assert.match(piped.stdout, /^completed: 12 moved, 0 skipped\n$/);
});
