import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';
import { freePort } from './free-port.js';
import { clientTable } from './client-table.js';
import { run } from './process.js';
import { ScriptedFaults } from './scripted-faults.js';
import { TOKEN } from './server.js';
import { ACCOUNT, Suite } from './suite.js';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The repository. */
export const repository = path.resolve(here, '../../..');
const casesDirectory = path.join(repository, 'target/client-cases');
const compatibility = path.join(repository, 'docs/compatibility.md');

/** Bodies that a queue of these tests may hold. Small, so that clients meet a real 429. */
const BACKLOG_BYTES_MAX = 300_000;

/**
 * The tests of one language, whose scripts print one JSON line for each case: {client, version, operation, outcome,
 * detail}. All requests go through the contract proxy. The cases are written to target/client-cases, and the table that
 * they make must be the one in docs/compatibility.md.
 */
export class ClientTests {
  #language;
  #cases = [];

  constructor(language) {
    this.#language = language;
    mkdirSync(casesDirectory, { recursive: true });
    for (const file of [this.#file('jsonl'), this.#file('left-out')]) rmSync(file, { force: true });
  }

  #file(extension) {
    return path.join(casesDirectory, `${this.#language}.${extension}`);
  }

  /** Whether the language is on this machine. If not, that is recorded, and with CI=true it is a failure. */
  available(obstacle) {
    if (!obstacle) return true;
    writeFileSync(this.#file('left-out'), `${this.#language}: ${obstacle}\n`);
    test(`the clients of ${this.#language}`, { skip: process.env.CI !== 'true' && obstacle }, () => {
      assert.fail(`in CI no language is left out: ${obstacle}`);
    });
    return false;
  }

  /**
   * One script, in a test: it must end with 0, print at least one case, and no case may have failed; and each response
   * must conform to the contract.
   *
   * @param title what is tested, for the name of the test
   * @param command the command and its arguments
   * @param options `environment`, `cwd`, `settings` of the server, and `use`, which gets the suite and returns more variables
   */
  script(title, command, { environment = {}, cwd, settings = {}, use = () => ({}) } = {}) {
    test(title, async () => {
      const faults = new ScriptedFaults();
      const suite = await Suite.open({
        settings: { 'limits.backlog_bytes_max': BACKLOG_BYTES_MAX, ...settings },
        intercept: (request) => faults.intercept(request),
      });
      try {
        const [program, ...args] = typeof command === 'function' ? await command() : command;
        const more = await use(suite);
        const done = await run(program, args, {
          cwd,
          env: {
            PATH: process.env.PATH,
            HOME: process.env.HOME,
            SLUICE_BASE_URL: suite.baseUrl,
            SLUICE_FAULTS_URL: `${suite.proxy.origin}/-`,
            SLUICE_CLOSED_URL: `http://127.0.0.1:${await freePort()}/client/v4`,
            SLUICE_ACCOUNT_ID: ACCOUNT,
            SLUICE_TOKEN: TOKEN,
            ...environment,
            ...more,
          },
        });
        const cases = casesOf(done.stdout);
        this.#cases.push(...cases);
        const failed = cases.filter(({ outcome }) => outcome !== 'passed');
        assert.deepEqual(failed, [], done.stderr);
        assert.deepEqual([done.code, cases.length > 0], [0, true], `${done.stdout}\n${done.stderr}`);
        assert.deepEqual(suite.proxy.differences, []);
      } finally {
        await suite.proxy.stop();
        await suite.server.stop();
      }
    });
  }

  /** The last test: the cases make the table of the documents. Writes the cases. */
  endsWithTable() {
    after(() => writeFileSync(this.#file('jsonl'), this.#cases.map((each) => `${JSON.stringify(each)}\n`).join('')));
    test(`docs/compatibility.md shows the cases of ${this.#language} as they were run (make compatibility writes it)`, () => {
      const table = clientTable(this.#cases);
      assert.ok(readFileSync(compatibility, 'utf8').includes(table), `not in docs/compatibility.md:\n${table}`);
    });
  }
}

/** The cases in the output of a script; other lines are not cases. */
function casesOf(output) {
  return output
    .split('\n')
    .filter((line) => /^\{"(client|group)"/.test(line))
    .map((line) => JSON.parse(line));
}
