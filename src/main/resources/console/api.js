// Requests to the API. The token lives in this module only: a reload of the page forgets it.
let token = '';
let account = '';

export class ApiError extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** Whether the token or the session is not valid any more. */
export const isEnded = (failure) => failure.status === 401 || failure.status === 403;

async function send(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch {
    throw new ApiError(0, 'The server does not respond.');
  }
  const envelope = await response.json().catch(() => ({}));
  if (!response.ok || !envelope.success) {
    const error = (envelope.errors || [])[0];
    throw new ApiError(response.status, error ? `${error.message} (${error.code})` : `HTTP status ${response.status}`);
  }
  return envelope;
}

const cloudflare = (path) => `/client/v4/accounts/${account}${path}`;
const own = (path) => `/sluice/v1/accounts/${account}${path}`;
const result = async (response) => (await response).result;

/** Exchanges the one-time code of a link for a session. */
export async function exchange(code) {
  const response = await fetch('session', { method: 'POST', headers: { 'sluice-console-code': code }, credentials: 'omit' });
  if (!response.ok) {
    throw new ApiError(response.status, 'This link was used or is too old. Make a new one with: sluice console');
  }
  return (await response.json()).session;
}

/** Tries a token; returns what it may do and the accounts that it may use. */
export async function login(candidate) {
  token = candidate;
  const caller = await result(send('GET', '/sluice/v1/caller'));
  const accounts = caller.accounts.includes('*')
    ? (await result(send('GET', '/client/v4/accounts?per_page=50'))).map(({ id }) => id)
    : caller.accounts;
  account = accounts[0] || '';
  return { ...caller, accounts, account };
}

export const useAccount = (id) => { account = id; };
export const logout = () => { token = ''; };

export const backlogs = (page) => send('GET', own(`/queues?per_page=1000&page=${page}`));
export const backlog = (id) => result(send('GET', own(`/queues/${id}`)));
export const queue = (id) => result(send('GET', cloudflare(`/queues/${id}`)));
export const subscriptions = () => result(send('GET', cloudflare('/event_subscriptions/subscriptions?per_page=100')));
export const messages = (id, states, cursor) => result(send('GET', own(
  `/queues/${id}/messages?limit=20${states.map((state) => `&state=${state}`).join('')}${cursor ? `&cursor=${cursor}` : ''}`)));
export const push = (id, message) => send('POST', cloudflare(`/queues/${id}/messages`), message);
export const createQueue = (name) => result(send('POST', cloudflare('/queues'), { queue_name: name }));
export const deleteQueue = (id) => send('DELETE', cloudflare(`/queues/${id}`));
export const purge = (id) => send('POST', cloudflare(`/queues/${id}/purge`), { delete_messages_permanently: true });
export const pause = (id, paused) => send('PATCH', cloudflare(`/queues/${id}`), { settings: { delivery_paused: paused } });
export const redrives = (id) => result(send('GET', own(`/queues/${id}/redrives?per_page=5`)));
export const redrive = (id, spec) => result(send('POST', own(`/queues/${id}/redrives`), spec));
export const cancelRedrive = (id) => send('DELETE', own(`/redrives/${id}`));
