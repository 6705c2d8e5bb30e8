import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Everything below a path: a line of mode, size, time of change and hash of content by name. */
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

/** What differs between two trees, as texts; [] if nothing was touched. */
export function changes(before, after) {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? 'absent'} -> ${after.get(name) ?? 'absent'}`);
}
