import assert from 'node:assert/strict';
import { appendFile, copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Authority, curl, openssl } from '../harness/certificates.js';
import { launchServer, temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { ACCOUNT } from '../harness/suite.js';
import { until } from '../harness/until.js';

// TLS as seen by two independent programs: curl and openssl.

const home = temporaryDirectory();
const servers = [];
let authority;
let ours;

before(async () => {
  authority = await Authority.make(home, 'ours');
  ours = await authority.sign('server');
});
after(() => Promise.all(servers.map((server) => server.kill())));

async function serve(settings = {}) {
  const server = new Server({
    settings: { 'http.tls.cert': ours.certificate, 'http.tls.key': ours.key, ...settings },
  });
  servers.push(server);
  return server.start();
}

/** Lists the queues with curl. */
const list = (server, ...args) =>
  curl([
    '--cacert', authority.certificate, '-H', `Authorization: Bearer ${TOKEN}`, ...args,
    `${server.baseUrl}/accounts/${ACCOUNT}/queues`,
  ]); // prettier-ignore

/** Performs a handshake with openssl; returns its output. */
const handshake = ({ port }, ...args) =>
  openssl(
    ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', authority.certificate, '-verify_return_error', ...args],
    { fails: true },
  );

const identity = ({ certificate, key }) => ['--cert', certificate, '--key', key];

let server;
test('a server with a certificate is ready on https', async () => {
  server = await serve();
  assert.match(server.origin, /^https:/);
});

for (const version of ['1.2', '1.3']) {
  test(`TLS ${version} is supported, and HTTP/2 is chosen if the client offers it`, async () => {
    const flag = `-tls${version.replace('.', '_')}`;
    const h2 = await handshake(server, flag, '-alpn', 'h2,http/1.1');
    assert.equal(h2.code, 0, h2.text);
    assert.match(h2.text, new RegExp(`TLSv${version.replace('.', '\\.')}`));
    assert.match(h2.text, /^ALPN protocol: h2$/m);
    assert.match((await handshake(server, flag, '-alpn', 'http/1.1')).text, /^ALPN protocol: http\/1\.1$/m);
    assert.match((await handshake(server, flag)).text, /^No ALPN negotiated$/m);
  });
}

for (const old of ['-tls1', '-tls1_1']) {
  test(`${old.slice(1)} is refused`, async () => {
    // At security level 0 openssl offers old versions and ciphers, so that the rejection comes from the server.
    const { code, text } = await handshake(server, old, '-cipher', 'ALL:@SECLEVEL=0');
    assert.notEqual(code, 0);
    assert.match(text, /alert protocol version/);
  });
}

test('curl gets the same response over HTTP/2 and HTTP/1.1', async () => {
  const h2 = await list(server, '--http2');
  const h1 = await list(server, '--http1.1');
  assert.deepEqual([h2.code, h2.status, h2.version], [0, 200, '2'], h2.complaint);
  assert.deepEqual([h1.code, h1.status, h1.version], [0, 200, '1.1'], h1.complaint);
  assert.equal(h2.text, h1.text);
});

test('curl that assumes HTTP/2 gets the same response over TLS', async () => {
  const known = await list(server, '--http2-prior-knowledge');
  assert.deepEqual([known.code, known.status, known.version], [0, 200, '2'], known.complaint);
  assert.equal(known.text, (await list(server, '--http1.1')).text);
});

test('plain HTTP on the TLS port gets no response', async () => {
  const { code, status } = await curl([`http://127.0.0.1:${server.port}/openapi.yaml`]);
  assert.notEqual(code, 0);
  assert.equal(status, 0);
});

test('a new certificate is used without a restart, and open connections continue', async () => {
  const next = await authority.sign('renewed');
  assert.match((await handshake(server)).text, /subject=CN = server/);
  await copyFile(next.key, ours.key);
  await copyFile(next.certificate, ours.certificate);
  await until('the new certificate is shown', async () => /subject=CN = renewed/.test((await handshake(server)).text), {
    every: 200,
  });
  assert.equal((await list(server)).status, 200);
});

test('the server stops cleanly', () => server.stop());

test('a server that requires client certificates accepts only those of its authority', async () => {
  const clients = await Authority.make(home, 'clients');
  const strangers = await Authority.make(home, 'strangers');
  const [known, stranger] = [await clients.sign('known'), await strangers.sign('stranger')];
  const strict = await serve({ 'http.tls.client_ca': clients.certificate });

  for (const version of ['--http2', '--http1.1']) {
    const admitted = await list(strict, version, ...identity(known));
    assert.deepEqual([admitted.code, admitted.status], [0, 200], admitted.complaint);
  }
  for (const limit of ['1.2', '1.3']) {
    for (const refused of [[], identity(stranger)]) {
      const { code, status } = await list(strict, '--tls-max', limit, ...refused);
      assert.deepEqual([code === 0, status], [false, 0], `TLS ${limit} with ${refused}`);
    }
  }
  const asked = await handshake(strict, '-tls1_2');
  assert.match(asked.text, /Acceptable client certificate CA names\n(?:.*\n)*?.*CN = clients/);
  const let_in = await handshake(strict, '-cert', known.certificate, '-key', known.key, '-alpn', 'h2');
  assert.match(let_in.text, /Verify return code: 0 \(ok\)/);

  // A certificate does not replace the token, which is checked as before.
  const { status } = await curl([
    '--cacert', authority.certificate, ...identity(known), `${strict.baseUrl}/accounts/${ACCOUNT}/queues`,
  ]); // prettier-ignore
  assert.equal(status, 400);

  // The authorities are reloaded when their file changes: a new one is accepted, and a broken file changes nothing.
  await appendFile(clients.certificate, await readFile(strangers.certificate));
  await until('the second authority is known', async () => (await list(strict, ...identity(stranger))).status === 200, {
    every: 200,
  });
  assert.equal((await list(strict, ...identity(known))).status, 200);
  await writeFile(clients.certificate, 'no certificate');
  await until('the broken file was noticed', () => /cannot be used, the old one stays/.test(strict.log), { every: 100 });
  assert.equal((await list(strict, ...identity(known))).status, 200);
  assert.notEqual((await list(strict)).code, 0);
  await strict.stop();
});

test('a server that requests client certificates accepts clients without one, but no invalid certificate', async () => {
  const clients = await Authority.make(home, 'askers');
  const strangers = await Authority.make(home, 'outsiders');
  const asking = await serve({ 'http.tls.client_ca': clients.certificate, 'http.tls.client_auth': 'request' });
  assert.equal((await list(asking)).status, 200);
  assert.equal((await list(asking, ...identity(await clients.sign('known')))).status, 200);
  assert.notEqual((await list(asking, ...identity(await strangers.sign('unknown')))).code, 0);
  await asking.stop();
});

test('a certificate with the wrong private key is rejected at the start, by name', async () => {
  const [one, other] = [await authority.sign('one'), await authority.sign('other')];
  const refused = launchServer({
    settings: { 'http.port': 0, 'management.port': 0, 'storage.engine': 'memory', 'http.tls.cert': one.certificate, 'http.tls.key': other.key },
    args: ['--stop-when-ready'],
    cwd: home,
  });
  assert.deepEqual(await refused.exited, { code: 2, signal: null }, refused.stderr);
  assert.match(refused.stderr, /^sluice: http\.tls\.cert [^\n]*one\.pem and http\.tls\.key [^\n]*other\.key do not belong together[^\n]*\n$/);
});

test('an unsupported or encrypted private key is rejected with the name of the configuration key', async () => {
  const file = (name) => path.join(home, name);
  const args = ['req', '-x509', '-days', '2', '-subj', '/CN=x', '-keyout'];
  await openssl([...args, file('ed.key'), '-out', file('ed.pem'), '-newkey', 'ed25519', '-nodes']);
  await openssl([...args, file('locked.key'), '-out', file('locked.pem'), '-newkey', 'rsa:2048', '-passout', 'pass:secret']);
  await writeFile(file('empty.pem'), '');
  const good = await authority.sign('good');
  for (const [certificate, key, complaint] of [
    [file('ed.pem'), file('ed.key'), /http\.tls\.key [^\n]*ed\.key [^\n]*RSA keys and elliptic curve keys/],
    [file('locked.pem'), file('locked.key'), /http\.tls\.key [^\n]*locked\.key is encrypted; decrypt it \(openssl pkey/],
    [file('empty.pem'), good.key, /http\.tls\.cert [^\n]*empty\.pem holds no certificate/],
    [good.certificate, good.certificate, /http\.tls\.key [^\n]* holds no private key/],
  ]) {
    const settings = { 'http.port': 0, 'management.port': 0, 'storage.engine': 'memory', 'http.tls.cert': certificate, 'http.tls.key': key };
    const refused = launchServer({ settings, args: ['--stop-when-ready'], cwd: home });
    assert.deepEqual(await refused.exited, { code: 2, signal: null }, refused.stderr);
    assert.match(refused.stderr, /^sluice: [^\n]+\n$/);
    assert.match(refused.stderr, complaint);
  }
});

test('a new certificate waits for its key: until then the old pair is used, and that is logged once', async () => {
  const [first, second] = [await authority.sign('pair-one'), await authority.sign('pair-two')];
  const waiting = await serve({ 'http.tls.cert': first.certificate, 'http.tls.key': first.key });
  await copyFile(second.certificate, first.certificate);
  await until('the difference was noticed', () => /do not belong together/.test(waiting.log), { every: 100, within: 120_000 });
  for (let looks = 1; looks <= 3; looks += 1) {
    process.kill(waiting.pid, 'SIGHUP');
    const looked = () => waiting.log.match(/certificates cannot be reloaded/g)?.length === looks;
    await until('it was looked at once more', looked, { within: 120_000 });
  }
  assert.match((await handshake(waiting)).text, /subject=CN = pair-one/);
  assert.equal((await list(waiting)).status, 200);
  assert.equal(waiting.log.match(/cannot be used, the old one stays/g).length, 1);
  await copyFile(second.key, first.key);
  await until('the new pair is shown', async () => /subject=CN = pair-two/.test((await handshake(waiting)).text), {
    every: 200,
    within: 120_000,
  });
  assert.equal((await list(waiting)).status, 200);
  await waiting.stop();
});

test('SIGHUP reloads configuration and certificates and never ends the server', async () => {
  const [first, second] = [await authority.sign('hup-one'), await authority.sign('hup-two')];
  const config = path.join(home, 'hup.yaml');
  const write = ({ certificate, key }, level) =>
    writeFile(config, `auth: { token: ${TOKEN} }\nhttp: { tls: { cert: ${certificate}, key: ${key} } }\nlog: { level: ${level} }\n`);
  await write(first, 'info');
  const server = new Server({ args: ['--config', config] });
  servers.push(server);
  await server.start({ within: 180_000 });
  process.kill(server.pid, 'SIGHUP');
  await until('it was read again', () => /was read again; in force: certificates, credentials, workers, log\n/.test(server.log), { within: 120_000 });

  await write(second, 'warn');
  process.kill(server.pid, 'SIGHUP');
  await until('the other certificate is shown', async () => /subject=CN = hup-two/.test((await handshake(server)).text), {
    every: 200,
    within: 120_000,
  });
  await writeFile(config, 'nonsense: 1\n');
  for (let i = 0; i < 50; i += 1) process.kill(server.pid, 'SIGHUP');
  await until('it was refused', () => /WARN .*cannot be used, everything stays as it is: unknown key 'nonsense'/.test(server.log), { within: 120_000 });
  assert.equal((await list(server)).status, 200);
  await server.stop();
});
