import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Everything below a path, by name, with mode, size, time of change and hash of content: equal if nothing was touched. */
export async function tree(root) {
  const found = {};
  const visit = async (at, name) => {
    const stat = await lstat(at).catch(() => undefined);
    if (!stat) return;
    const { mode, size, mtimeMs } = stat;
    if (stat.isDirectory()) {
      found[name] = { mode, mtimeMs };
      for (const child of (await readdir(at)).sort()) await visit(path.join(at, child), `${name}/${child}`);
    } else {
      const hash = stat.isFile() ? createHash('sha256').update(await readFile(at)).digest('hex') : '';
      found[name] = { mode, size, mtimeMs, hash };
    }
  };
  await visit(root, '.');
  return found;
}
