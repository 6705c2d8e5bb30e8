/**
 * A plugin for Miniflare, and so for `wrangler dev`: binds a queue of Sluice natively. Each binding names it in the
 * wrangler configuration (docs/workers.md).
 */
const NAME = 'sluice';

/** Where a binding leads, from its options and from environment variables. */
function targetOf(name, options = {}) {
  const target = {
    url: options.url ?? process.env.SLUICE_URL ?? 'http://127.0.0.1:8080',
    token: options.token ?? process.env.SLUICE_TOKEN,
    accountId: options.accountId ?? process.env.SLUICE_ACCOUNT_ID,
    queue: options.queue,
  };
  for (const [option, value] of Object.entries(target)) {
    if (typeof value !== 'string' || value === '') {
      throw new TypeError(`The queue binding ${name} needs the option "${option}".`);
    }
  }
  return target;
}

/** The bindings of this plugin by name. */
function bindingsOf(options) {
  return Object.entries(options.config?.env ?? {}).filter(([, binding]) => binding.dev?.plugin?.name === NAME);
}

const serviceName = (workerName, name) => `${NAME}:${workerName}:${name}`;

function service(workerName, name, options) {
  const { url, token, accountId, queue } = targetOf(name, options);
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'https:';
  const http = {
    injectRequestHeaders: [
      { name: 'Authorization', value: `Bearer ${token}` },
      { name: 'sluice-account-id', value: accountId },
      { name: 'sluice-queue', value: queue },
    ],
  };
  const address = `${hostname}:${port || (secure ? 443 : 80)}`;
  return {
    name: serviceName(workerName, name),
    external: secure
      ? { address, https: { options: http, tlsOptions: { trustBrowserCas: true }, certificateHost: hostname } }
      : { address, http },
  };
}

export const plugins = {
  [NAME]: {
    bindingTypeDescription: 'Queue of Sluice',
    getBindings(options) {
      return bindingsOf(options).map(([name]) => ({ name, queue: { name: serviceName(options.config.name, name) } }));
    },
    getNodeBindings() {
      return {};
    },
    getServices({ options }) {
      return bindingsOf(options).map(([name, binding]) => service(options.config.name, name, binding.dev.options));
    },
  },
};
