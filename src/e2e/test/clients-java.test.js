import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ClientTests, repository } from '../harness/clients.js';
import { run } from '../harness/process.js';

// Clients of HTTP for Java: that of the JDK and OkHttp, which Maven brings into target/clients/java.

const clients = new ClientTests('java');
const sources = path.join(repository, 'src/e2e/java');
const jars = path.join(repository, 'target/clients/java');

clients.script('the JDK and OkHttp', async () => {
  if (!existsSync(jars)) {
    const copy = ['-B', '-ntp', '-q', '-f', path.join(sources, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`];
    const { code, stdout } = await run('mvn', copy);
    assert.equal(code, 0, stdout);
  }
  const [, version] = readdirSync(jars).map((name) => /^okhttp-jvm-(.+)\.jar$/.exec(name)).find(Boolean);
  return ['java', '-cp', `${jars}/*`, path.join(sources, 'Clients.java'), version];
});

clients.endsWithTable();
