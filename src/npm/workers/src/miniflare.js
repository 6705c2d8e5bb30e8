import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * A plugin for Miniflare, and so for `wrangler dev`: binds queues of Sluice natively. Each binding says in the wrangler
 * configuration which queue it means (docs/workers.md). Works with Miniflare 4 and 5, whose plugin interfaces differ.
 */
const NAME = 'sluice';

/** Where `sluice dev` listens and what it accepts, unless it is told otherwise. */
const DEVELOPMENT = {
  url: 'http://127.0.0.1:8080',
  token: 'sluice-dev-token',
  accountId: '00000000000000000000000000000de0',
};

/** Where a binding leads, from its options and from environment variables. */
function targetOf(name, options = {}) {
  const target = {
    url: options.url ?? process.env.SLUICE_URL ?? DEVELOPMENT.url,
    token: options.token ?? process.env.SLUICE_TOKEN ?? DEVELOPMENT.token,
    accountId: options.accountId ?? process.env.SLUICE_ACCOUNT_ID ?? DEVELOPMENT.accountId,
    queue: options.queue,
  };
  for (const [option, value] of Object.entries(target)) {
    if (typeof value !== 'string' || value === '') {
      throw new TypeError(`The queue binding ${name} of the wrangler configuration needs the option "${option}".`);
    }
  }
  return { ...target, caFile: options.caFile ?? process.env.SLUICE_CA_FILE };
}

/**
 * The bindings of this plugin: {name, target}.
 *
 * @param options a list of the bindings (Miniflare 4), or all options of the Worker (Miniflare 5)
 */
function bindingsOf(options = []) {
  const bindings = Array.isArray(options)
    ? options.map(({ name, options: own }) => [name, own])
    : Object.entries(options.config?.env ?? {})
        .filter(([, binding]) => binding.dev?.plugin?.name === NAME)
        .map(([name, binding]) => [name, binding.dev.options]);
  return bindings.map(([name, own]) => ({ name, target: targetOf(name, own) }));
}

/** The same for bindings with the same target, which share a service. */
function serviceName(target) {
  const hash = createHash('sha256').update(JSON.stringify(target)).digest('hex');
  return `${NAME}:${target.queue}:${hash.slice(0, 16)}`;
}

function service(target) {
  const { protocol, hostname, port } = new URL(target.url);
  const secure = protocol === 'https:';
  const http = {
    injectRequestHeaders: [
      { name: 'Authorization', value: `Bearer ${target.token}` },
      { name: 'sluice-account-id', value: target.accountId },
      { name: 'sluice-queue', value: target.queue },
    ],
  };
  const address = `${hostname}:${port || (secure ? 443 : 80)}`;
  return {
    name: serviceName(target),
    external: secure
      ? { address, https: { options: http, tlsOptions: trusted(target.caFile), certificateHost: hostname } }
      : { address, http },
  };
}

/** The authorities that may have issued Sluice's certificate: those of the file, or those that browsers trust. */
function trusted(caFile) {
  return caFile ? { trustedCertificates: [readFileSync(caFile, 'utf8')] } : { trustBrowserCas: true };
}

export const plugins = {
  [NAME]: {
    bindingTypeDescription: 'Queue of Sluice',
    getBindings(options) {
      return bindingsOf(options).map(({ name, target }) => ({ name, queue: { name: serviceName(target) } }));
    },
    getNodeBindings() {
      return {};
    },
    getServices({ options }) {
      return bindingsOf(options).map(({ target }) => service(target));
    },
  },
};
