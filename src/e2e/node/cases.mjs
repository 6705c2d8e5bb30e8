// What all scripts of this directory share: the environment, the form of a case, the faults of the proxy.
import assert from 'node:assert/strict';

const env = process.env;
export const baseURL = env.SLUICE_BASE_URL;
export const closedURL = env.SLUICE_CLOSED_URL;
export const account_id = env.SLUICE_ACCOUNT_ID;
export const token = env.SLUICE_TOKEN;

/** Runs cases of a client and prints each as a line. */
export class Cases {
  #client;

  constructor(client) {
    this.#client = client;
  }

  async run(operation, action) {
    let outcome = { outcome: 'passed' };
    try {
      await action();
    } catch (error) {
      outcome = { outcome: 'failed', detail: String(error?.stack ?? error) };
    }
    console.log(JSON.stringify({ ...this.#client, operation, ...outcome }));
  }
}

async function control(path, method = 'POST') {
  const response = await fetch(`${env.SLUICE_FAULTS_URL}/${path}`, { method });
  assert.equal(response.status, 200);
  return response.text();
}

/** The next requests get this status. */
export const respond = (status, times) => control(`respond?status=${status}&times=${times}`);

/** The next request gets no response. */
export const silence = () => control('silence');

/** How many requests an action makes. */
export async function requests(action) {
  const before = Number(await control('requests', 'GET'));
  await action();
  return Number(await control('requests', 'GET')) - before;
}
