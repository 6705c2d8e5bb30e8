/**
 * Runs a Worker with Miniflare's API. Its argument is JSON: {directory, port, vars, binding}. Prints a line when it is
 * ready and runs until it is killed.
 */
import path from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const { directory, port, vars, binding } = JSON.parse(process.argv[2]);
const modules = ['worker.js', ...['index', 'delivery', 'batch', 'producer', 'v8-value', 'with-queues'].map((name) => `workers/${name}.js`)];
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    host: '127.0.0.1',
    port,
    cf: false,
    rootPath: directory,
    modulesRoot: directory,
    modules: modules.map((name) => ({ type: 'ESModule', path: path.join(directory, name) })),
    compatibilityDate: '2026-08-01',
    bindings: vars,
    unsafeBindings: [binding],
  }),
);
await miniflare.ready;
process.stdout.write('ready\n');
