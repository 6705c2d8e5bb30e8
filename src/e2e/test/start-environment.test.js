import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { freePort } from '../harness/free-port.js';
import { send } from '../harness/http.js';
import { temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';

// What is around a server when it starts, and must not change what it does: the locale, and the variables of others.

const queuesPath = `/client/v4/accounts/${ACCOUNT}/queues`;
/** On a loaded machine a start takes many times what it takes on an idle one. */
const WITHIN = { within: 180_000 };

for (const [name, ...options] of [
  ['Turkish', '-Duser.language=tr', '-Duser.country=TR'],
  ['Azerbaijani', '-Duser.language=az', '-Duser.country=AZ'],
  ['Egyptian Arabic', '-Duser.language=ar', '-Duser.country=EG', '-Duser.extensions=u-nu-arab'],
  ['Thai with the Buddhist calendar', '-Duser.language=th', '-Duser.country=TH', '-Duser.extensions=u-ca-buddhist-nu-thai'],
]) {
  test(`a server in the locale ${name} starts, and answers, logs and counts as everywhere`, async (context) => {
    const home = temporaryDirectory();
    const directory = path.join(home, 'data');
    const managementPort = await freePort();
    const server = new Server({
      directory,
      javaOptions: options,
      settings: { 'management.port': managementPort, 'log.level': 'debug', 'storage.free_bytes_min': '64KiB' },
    });
    context.after(() => server.kill());
    await server.start(WITHIN);
    const created = await send(server.origin, 'POST', queuesPath, { token: TOKEN, body: { queue_name: 'istanbul-IIii' } });
    assert.equal(created.status, 200, created.text);
    assert.match(created.json.result.created_on, /^20\d\d-[01]\d-[0-3]\dT[\d:.]+Z$/);
    const messages = `${queuesPath}/${created.json.result.queue_id}/messages`;
    const pushed = await send(server.origin, 'POST', messages, { token: TOKEN, body: { body: 'I', content_type: 'text' } });
    assert.equal(pushed.status, 200, pushed.text);
    const metrics = await send(`http://127.0.0.1:${managementPort}`, 'GET', '/metrics');
    assert.match(metrics.text, /^sluice_messages_pushed_total 1\.0$/m);
    await server.stop();
    // eslint-disable-next-line no-control-regex
    for (const text of [server.log, created.text, metrics.text]) assert.match(text, /^[\x00-\x7f]*$/);
    for (const line of server.log.split('\n').filter(Boolean)) assert.match(line, /^20\d\d-/);
  });
}

test('variables of services and images do not stop a start, and those of no key are named in the log', async (context) => {
  const server = new Server({
    // As environment variables: SLUICE_METRICS_SERVICE_HOST and so on.
    settings: {
      'metrics.service.host': '10.0.0.2',
      'metrics.port': 'tcp://10.0.0.2:9090',
      'http.port': 'tcp://10.0.0.3:8080',
      'http.port.8080.tcp.addr': '10.0.0.3',
      version: '1.2.3',
    },
    args: ['--set', 'http.port=0'],
  });
  context.after(() => server.kill());
  await server.start(WITHIN);
  assert.equal((await send(server.origin, 'GET', queuesPath, { token: TOKEN })).status, 200);
  assert.match(server.log, /INFO .* are ignored: SLUICE_VERSION$/m);
  await server.stop();
});
