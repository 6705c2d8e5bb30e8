const FAULTS = {
  500: { code: 15000, message: 'Internal error.' },
  503: { code: 15001, message: 'Queue is not available at the moment. Try again.', headers: { 'retry-after': '1' } },
};

/**
 * Faults that a client asks for, in a proxy. A real server has no internal fault at hand, so the proxy responds in its
 * place, in the form of the contract:
 *
 * - `POST /-/respond?status=500&times=2`: the next two requests get that response;
 * - `POST /-/silence?times=1`: the next request gets no response;
 * - `GET /-/requests`: how many requests there were, as a number, without those of this list.
 */
export class ScriptedFaults {
  #queue = [];
  #requests = 0;

  /** The response to a request in place of the server's; undefined for the server's; null for none. */
  intercept({ url }) {
    const { pathname, searchParams } = new URL(url, 'http://any');
    const times = Number(searchParams.get('times') ?? 1);
    if (pathname === '/-/requests') return plain(String(this.#requests));
    if (pathname === '/-/respond') {
      this.#queue.push(...Array(times).fill(Number(searchParams.get('status'))));
      return plain('');
    }
    if (pathname === '/-/silence') {
      this.#queue.push(...Array(times).fill(null));
      return plain('');
    }
    this.#requests++;
    const next = this.#queue.shift();
    if (next === undefined || next === null) return next;
    const { code, message, headers } = FAULTS[next];
    const body = JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null });
    return { status: next, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(body), isOfContract: true };
  }
}

const plain = (text) => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from(text) });
