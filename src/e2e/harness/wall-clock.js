import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './process.js';

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), 'wall-clock.c');

/**
 * The compiled library, or undefined if there is no compiler. libfaketime does the same, but makes a server ten times
 * slower.
 */
const library = (() => {
  if (process.platform !== 'linux') return undefined;
  const compiled = path.join(temporaryDirectory(), 'wall-clock.so');
  return spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', compiled, source, '-ldl']).status === 0 ? compiled : undefined;
})();

/** The reason to skip a test that sets the wall clock of a server, or false. */
export const skipWithoutWallClock = library ? false : 'there is no C compiler, or this is not Linux';

/** The wall clock of the servers of a test; the machine's clock does not change. */
export class WallClock {
  #file = path.join(temporaryDirectory(), 'ahead');

  constructor(aheadSeconds = 0) {
    writeFileSync(this.#file, Buffer.alloc(8));
    this.set(aheadSeconds);
  }

  /** Sets it for running and future servers; a negative value puts it behind the machine's clock. */
  set(aheadSeconds) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(aheadSeconds));
    const file = openSync(this.#file, 'r+');
    writeSync(file, bytes, 0, bytes.length, 0);
    closeSync(file);
  }

  /** The environment variables that a server needs. */
  get variables() {
    return { LD_PRELOAD: library, WALL_CLOCK_AHEAD: this.#file };
  }
}
