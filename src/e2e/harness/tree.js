import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Everything below a path, by name: mode, size, modification time and content hash in one line. */
export async function tree(root) {
  const found = new Map();
  const visit = async (at, name) => {
    const stat = await lstat(at).catch(() => undefined);
    if (!stat) return;
    const { mode, size, mtimeMs } = stat;
    if (stat.isDirectory()) {
      found.set(name, `directory, mode ${mode.toString(8)}, changed ${mtimeMs}`);
      for (const child of (await readdir(at)).sort()) await visit(path.join(at, child), `${name}/${child}`);
    } else {
      const hash = stat.isFile() ? createHash('sha256').update(await readFile(at)).digest('hex') : 'none';
      found.set(name, `mode ${mode.toString(8)}, ${size} bytes, changed ${mtimeMs}, hash ${hash}`);
    }
  };
  await visit(root, '.');
  return found;
}

/** The differences between two trees, as texts; [] if nothing changed. */
export function changes(before, after) {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? 'absent'} -> ${after.get(name) ?? 'absent'}`);
}
