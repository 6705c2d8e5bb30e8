/** Counts the events of a history for the printed summary. */
export class Tally {
  kills = 0;
  cuts = 0;
  declined = 0;
  pushes = 0;
  messages = 0;
  deliveries = 0;
  acks = 0;
  retries = 0;
  deadLetters = 0;
  purges = 0;
  refPurges = 0;
  checks = 0;

  #requests = new Map();
  #origins = new Map();

  onEvent(event) {
    if (event.event === 'sent') this.#requests.set(event.request, event);
    if (event.event === 'sent' && event.kind === 'push') for (const { key } of event.messages) this.#origins.set(key, event.queue);
    if (event.event === 'drained') this.#origins.clear();
    if (event.event === 'killed') this.kills += 1;
    if (event.event === 'cut') this.cuts += 1;
    if (event.event === 'declined') this.declined += 1;
    if (event.event === 'checked') this.checks += 1;
    if (event.event === 'succeeded') this.#succeeded(this.#requests.get(event.request), event);
    if (event.event !== 'sent' && event.request) this.#requests.delete(event.request);
  }

  #succeeded({ kind, queue, messages, keys }, event) {
    if (kind === 'push') {
      this.pushes += 1;
      this.messages += messages.length;
    }
    if (kind === 'pull') {
      this.deliveries += event.messages.length;
      this.deadLetters += event.messages.filter(({ key, attempts }) => attempts === 1 && this.#origins.get(key) !== queue).length;
    }
    if (kind === 'ack') {
      this.acks += event.ackCount;
      this.retries += event.retryCount;
    }
    if (kind === 'purge') this.purges += 1;
    if (kind === 'purge refs') this.refPurges += keys.length - event.warned.length;
  }

  toString() {
    return Object.entries(this)
      .map(([name, count]) => `${count} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`)
      .join(', ');
  }
}
