import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import Cloudflare from 'cloudflare';
import { ContractProxy } from './contract-proxy.js';
import { Contract } from './contract.js';
import { send } from './http.js';
import { Server, TOKEN } from './server.js';
import { LIMIT_MILLIS } from './until.js';

const contract = Contract.load();

/** Any account will do: the token of the tests may use all. */
export const ACCOUNT = '7f1d2c3b4a5968778695a4b3c2d1e0f9';

/** The form of every id that the server makes. */
export const ID = /^[0-9a-f]{32}$/;

/** 32 hexadecimal digits that no object has. */
export const unknownId = () => randomBytes(16).toString('hex');

let names = 0;

/** A queue name that nothing else uses. */
export const freshName = (stem = 'queue') => `${stem}-${process.pid}-${++names}`;

/** One server with the contract's proxy in front of it, and clients that go through the proxy. */
export class Suite {
  static async open(options) {
    const suite = new Suite();
    suite.server = await new Server(options).start();
    suite.proxy = await new ContractProxy(contract, suite.server).start();
    return suite;
  }

  get baseUrl() {
    return this.proxy.baseUrl;
  }

  /** The official SDK. It retries nothing unless a test asks it to, so that no test passes by a second try. */
  sdk(options = {}) {
    return new Cloudflare({
      baseURL: this.baseUrl,
      apiToken: TOKEN,
      apiKey: null,
      apiEmail: null,
      userServiceKey: null,
      maxRetries: 0,
      timeout: LIMIT_MILLIS,
      ...options,
    });
  }

  /** A plain request below /client/v4, through the proxy: {status, headers, text, json}. */
  send(method, path, options = {}) {
    return send(this.proxy.origin, method, `/client/v4${path}`, { token: TOKEN, ...options });
  }

  /** The same directly to the server, for what the contract does not describe. */
  sendDirectly(method, path, options = {}) {
    return send(this.server.origin, method, `/client/v4${path}`, { token: TOKEN, ...options });
  }

  /** A queue of this account, with an http_pull consumer if settings for one are given. */
  async queue({ settings, consumer, deadLetterQueue, name = freshName() } = {}) {
    const sdk = this.sdk();
    const { queue_id: id } = await sdk.queues.create({ account_id: ACCOUNT, queue_name: name, settings });
    if (consumer) {
      await sdk.queues.consumers.create(id, {
        account_id: ACCOUNT,
        type: 'http_pull',
        settings: consumer,
        dead_letter_queue: deadLetterQueue,
      });
    }
    return { id, name, path: `/accounts/${ACCOUNT}/queues/${id}` };
  }

  /** Ends proxy and server. */
  async close() {
    await this.proxy.stop();
    await this.server.stop();
  }

  /** The last tests of a file: what must be true of everything that happened in it. */
  endsWell() {
    test('every answer of this file fits the contract', async () => {
      await this.proxy.stop();
      assert.deepEqual(this.proxy.differences, []);
    });
    test('the server ends with 0 after SIGTERM and its log shows no failure', () => this.server.stop());
  }
}
