import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as actions from './actions.js';
import { Checker } from './checker.js';
import { Client } from './client.js';
import { History } from './history.js';
import { Load } from './load.js';
import { queuesOf, RETRIES_WHILE_DRAINED } from './queues.js';
import { Random } from './random.js';
import { Tally } from './tally.js';
import { send } from '../harness/http.js';
import { launchServer, temporaryDirectory } from '../harness/process.js';
import { Server, TOKEN } from '../harness/server.js';
import { inTime, until } from '../harness/until.js';
import { skipWithoutWallClock, WallClock } from '../harness/wall-clock.js';

const CLIENTS = { pushers: 8, pullers: 4, ackers: 2, purgers: 1 };
const ROUNDS_PER_ERA = 10;
/** Heap options of the hard runs: the JVM's default, and small ones. */
const HEAPS = [[], ['-Xmx192m'], ['-Xmx128m']];
const SECONDS_PER_DAY = 86_400;
/** The second JIT compiler does not pay off in a process that runs for seconds. */
const JAVA_OPTIONS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
const ACCOUNT_PATH = '/client/v4/accounts/7f1d2c3b4a5968778695a4b3c2d1e0f9/queues';

/**
 * A server that is loaded, killed, checked and restarted in rounds; the observations of clients are checked all the
 * time.
 */
export class CrashRun {
  #seed;
  #random;
  #server;
  #kinds;
  #queues = {};
  #hard;
  #tally = new Tally();
  #checker;
  #wallClock;
  #afterKill;
  #history = new History({
    onEvent: (event) => {
      this.#tally.onEvent(event);
      this.#checker.onEvent(event);
    },
  });

  /**
   * In every second era the wall clock of the server is changed repeatedly, where that is possible.
   *
   * @param settings additional settings of the server
   * @param environment environment variables of the server process, such as LD_PRELOAD
   * @param afterKill called after each kill with the round and the directory of the server; returns the directory with
   * the store to check, or undefined if there is none
   * @param expectedLog regular expressions of log lines that look like failures but are expected
   * @param hard whether leases are short under load, responses large, some clients slow or gone, and heaps small
   */
  constructor({ seed, settings = {}, environment = {}, afterKill = (round, directory) => directory, expectedLog, hard = false }) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#hard = hard;
    this.#afterKill = afterKill;
    this.#kinds = queuesOf(hard);
    this.#checker = new Checker(this.#kinds);
    this.#wallClock = skipWithoutWallClock ? undefined : new WallClock();
    this.#server = new Server({
      directory: path.join(temporaryDirectory(), 'data'),
      environment: { ...this.#wallClock?.variables, ...environment },
      settings: { 'storage.engine': 'rocksdb', 'storage.durability': 'fsync', ...settings },
      expectedLog,
    });
  }

  /**
   * Runs this many rounds and returns statistics. On a violation it fails with the reason, the seed and the file of the
   * history.
   */
  async rounds(count, say = () => {}) {
    try {
      await this.#start();
      await this.#declareQueues();
      for (let round = 1; round <= count; round++) {
        await this.#round(round);
        if (round % ROUNDS_PER_ERA === 0 || round === count) await this.#drain();
        say(`round ${round}: ${this.#tally}`);
      }
      assert.deepEqual(await this.#server.end('SIGTERM'), { code: 0, signal: null });
      this.#server.assertCleanLog();
      return this.#tally;
    } catch (error) {
      throw new Error(`${this.#saveFailure()}\n${error.message}`, { cause: error });
    } finally {
      await this.#server.kill();
    }
  }

  async #round(round) {
    this.#history.add({ event: 'round', round });
    const era = Math.floor((round - 1) / ROUNDS_PER_ERA);
    const clockIsSet = this.#wallClock && era % 2 === 1;
    if (clockIsSet) this.#setClock(this.#random.below(20 * SECONDS_PER_DAY) - 10 * SECONDS_PER_DAY);
    const load = new Load(() => this.#client(), this.#kinds, { seed: `${this.#seed} ${round}`, hard: this.#hard });
    load.start(CLIENTS);
    const enough = 20 + this.#random.below(600);
    await until(`${enough} pushes are confirmed`, () => load.confirmedPushes >= enough || this.#broken || !this.#server.runs, { every: 1 });
    if (!this.#server.runs) this.#history.add({ event: 'ended', text: this.#server.log.slice(-1_000) });
    await this.#server.kill();
    await load.ended();
    this.#history.add({ event: 'killed' });
    if (clockIsSet) this.#setClock(round % ROUNDS_PER_ERA === 0 ? 0 : this.#random.below(7_200) - 3_600);
    if (this.#random.chance(0.25)) await this.#killAgainWhileItStarts();
    const checked = await this.#afterKill(round, this.#server.directory);
    if (checked) await this.#check(checked);
    this.#fail();
    await this.#start();
    await this.#count();
    this.#fail();
  }

  /** Each start may use another heap. */
  #start() {
    const heap = this.#hard ? this.#random.pick(HEAPS) : [];
    this.#server.javaOptions = [...JAVA_OPTIONS, ...heap];
    return this.#server.start();
  }

  #setClock(aheadSeconds) {
    this.#wallClock.set(aheadSeconds);
    this.#history.add({ event: 'clock set', aheadSeconds });
  }

  get #broken() {
    return this.#checker.violations.length > 0;
  }

  /** The start recovers the data of the killed process; another kill during the recovery must lose nothing either. */
  async #killAgainWhileItStarts() {
    const starting = this.#start();
    const outcome = starting.then(
      () => 'started',
      () => 'killed',
    );
    const millis = this.#random.below(Math.ceil(this.#server.launchMillis));
    await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, millis))]);
    await this.#server.kill();
    await outcome;
    this.#history.add({ event: 'killed', while: 'starting' });
  }

  async #check(directory) {
    const args = ['--json', '--data-dir', directory];
    const checking = launchServer({ command: 'check', args, javaOptions: JAVA_OPTIONS, cwd: path.dirname(directory) });
    const { code } = await inTime('sluice check ends', checking.exited);
    const said = code === 0 ? JSON.parse(checking.stdout) : {};
    const text = (checking.stdout + checking.stderr).slice(0, 1_000);
    this.#history.add({ event: 'checked', exitCode: code, sound: said.sound, messages: said.messages, bytes: said.bytes, text });
  }

  /**
   * Moves to the dead letter queue continue after the start, and a message in transfer is counted in both queues.
   * Therefore this may take a moment.
   */
  async #count() {
    let queues = await this.#metrics();
    const fit = async () => {
      if (this.#checker.metricViolations(queues).length === 0) return true;
      queues = await this.#metrics();
      return false;
    };
    await until('the counts fit', fit).catch(() => {});
    this.#history.add({ event: 'counted', queues });
  }

  /**
   * Pulls and acknowledges everything in all queues. Max_retries is raised first, so that nothing moves to a dead
   * letter queue and the counts are exact.
   */
  async #drain() {
    this.#history.add({ event: 'lifting limits' });
    await this.#limitRetries(() => RETRIES_WHILE_DRAINED);
    const { count, bytes } = await this.#stableBacklog();
    this.#history.add({ event: 'draining', count, bytes });
    const client = this.#client();
    await until('all queues are empty', () => this.#takeAll(client), { every: 1 });
    client.close();
    this.#history.add({ event: 'drained' });
    this.#fail();
    await this.#limitRetries(({ retriesMax }) => retriesMax);
    this.#checker.forget();
    this.#history.clear();
  }

  async #stableBacklog() {
    let last;
    return until('the backlog does not change any more', async () => {
      const before = last;
      const all = Object.values(await this.#metrics());
      last = { count: all.reduce((sum, { count }) => sum + count, 0), bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
      return before && before.count === last.count && before.bytes === last.bytes && last;
    }, { every: 200 });
  }

  async #takeAll(client) {
    const metrics = await this.#metrics();
    for (const [queue, { count }] of Object.entries(metrics)) {
      if (count === 0) continue;
      const leases = await actions.pull(client, queue, 100, this.#kinds[queue], 60_000);
      await actions.acknowledge(client, queue, leases, [], this.#kinds[queue]);
    }
    return this.#broken || Object.values(metrics).every(({ count, bytes }) => count === 0 && bytes === 0);
  }

  #fail() {
    const { violations } = this.#checker;
    if (violations.length > 0) assert.fail(`${violations.length} violations:\n${violations.slice(0, 20).join('\n')}`);
  }

  /** Keeps the history and the directory of a failed run; returns their location. */
  #saveFailure() {
    const stem = path.join(process.env.CRASH_HISTORY ?? tmpdir(), `sluice-crash-${this.#seed}`);
    this.#history.save(`${stem}.jsonl`);
    cpSync(this.#server.directory, `${stem}-data`, { recursive: true, force: true });
    return `seed ${this.#seed}, history in ${stem}.jsonl, data in ${stem}-data`;
  }

  #client() {
    const paths = Object.fromEntries(Object.entries(this.#queues).map(([name, { path: queuePath }]) => [name, queuePath]));
    return new Client(this.#server.origin, paths, this.#history);
  }

  async #call(method, target, body) {
    const response = await until(`${method} ${target} finds room`, async () => {
      const found = await send(this.#server.origin, method, target, { body, token: TOKEN });
      return found.status !== 429 && found;
    });
    assert.equal(response.status, 200, response.text);
    return response.json.result;
  }

  async #metrics() {
    const metrics = {};
    for (const [name, { path: queuePath }] of Object.entries(this.#queues)) {
      const { backlog_count: count, backlog_bytes: bytes } = await this.#call('GET', `${queuePath}/metrics`);
      metrics[name] = { count, bytes };
    }
    return metrics;
  }

  async #declareQueues() {
    for (const [name, { delaySeconds }] of Object.entries(this.#kinds)) {
      const settings = { delivery_delay: delaySeconds };
      const { queue_id } = await this.#call('POST', ACCOUNT_PATH, { queue_name: name, settings });
      this.#queues[name] = { path: `${ACCOUNT_PATH}/${queue_id}` };
    }
    for (const [name, queue] of Object.entries(this.#queues)) {
      queue.consumer = await this.#call('POST', `${queue.path}/consumers`, consumerOf(this.#kinds[name], this.#kinds[name].retriesMax));
    }
  }

  async #limitRetries(limitOf) {
    for (const [name, { path: queuePath, consumer }] of Object.entries(this.#queues)) {
      const body = consumerOf(this.#kinds[name], limitOf(this.#kinds[name]));
      await this.#call('PUT', `${queuePath}/consumers/${consumer.consumer_id}`, body);
    }
  }
}

const consumerOf = ({ visibilityMillis, retryDelaySeconds, deadLetters }, retriesMax) => ({
  type: 'http_pull',
  dead_letter_queue: deadLetters,
  settings: { visibility_timeout_ms: visibilityMillis, max_retries: retriesMax, retry_delay: retryDelaySeconds },
});
