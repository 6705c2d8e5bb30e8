import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { run } from './process.js';

/** A registry of npm with the given packed packages and nothing else. */
export class Registry {
  #packages = new Map();
  #server;

  static async start(files) {
    const registry = new Registry();
    for (const file of files) await registry.#add(file);
    registry.#server = http.createServer((request, response) => registry.#respond(request, response)).listen(0, '127.0.0.1');
    await new Promise((resolve) => registry.#server.once('listening', resolve));
    registry.url = `http://127.0.0.1:${registry.#server.address().port}`;
    return registry;
  }

  async #add(file) {
    const { code, stdout, stderr } = await run('tar', ['--extract', '--to-stdout', '--file', file, 'package/package.json']);
    if (code !== 0) throw new Error(stderr);
    const manifest = JSON.parse(stdout);
    const bytes = readFileSync(file);
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    this.#packages.set(manifest.name, { manifest, bytes, integrity, file: path.basename(file) });
  }

  #respond({ url, headers }, response) {
    const requested = decodeURIComponent(url).slice(1);
    const archive = [...this.#packages.values()].find(({ file }) => requested === `-/${file}`);
    if (archive) return response.end(archive.bytes);
    const known = this.#packages.get(requested);
    if (!known) return response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    const { manifest, integrity, file } = known;
    const dist = { tarball: `http://${headers.host}/-/${file}`, integrity };
    const document = {
      name: manifest.name,
      'dist-tags': { latest: manifest.version },
      versions: { [manifest.version]: { ...manifest, dist } },
    };
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
