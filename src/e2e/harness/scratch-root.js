import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launch, run, temporaryDirectory } from './process.js';
import { until } from './until.js';

/**
 * A root file system that begins as a copy of this machine's: what is written stays in memory and ends with this
 * process. Processes in it have the network of this machine. Needs root and the right to mount.
 */
export class ScratchRoot {
  #holder;
  #directory;

  /** Returns undefined if this machine does not allow it. */
  static async make() {
    if (process.getuid() !== 0) return undefined;
    const root = new ScratchRoot();
    root.#directory = path.join(temporaryDirectory(), 'root');
    mkdirSync(root.#directory);
    const script = `
      set -e
      mount -t tmpfs -o size=2g none "$0"
      mkdir "$0/upper" "$0/index" "$0/merged"
      mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/index" "$0/merged"
      mount -t proc proc "$0/merged/proc"
      mount --rbind /dev "$0/merged/dev"
      echo mounted
      exec cat`;
    root.#holder = launch('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, root.#directory], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const isMounted = await until('the scratch root is mounted', () => {
      if (root.#holder.stdout.includes('mounted')) return 'yes';
      return root.#holder.child.exitCode === null ? false : 'no';
    });
    return isMounted === 'yes' ? root : undefined;
  }

  /** The command line that runs a command in this root. */
  command(...command) {
    return ['nsenter', `--mount=/proc/${this.#holder.pid}/ns/mnt`, 'chroot', path.join(this.#directory, 'merged'), ...command];
  }

  /** Runs a command in this root: {code, signal, stdout, stderr}. */
  run(...command) {
    const [first, ...rest] = this.command(...command);
    return run(first, rest, { cwd: '/' });
  }

  /** Runs a shell script that must succeed; returns its output. */
  async shell(script) {
    const { code, stdout, stderr } = await this.run('sh', '-ec', script);
    if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** Ends the file system; every process in it must have ended. */
  async remove() {
    this.#holder.child.stdin.end();
    await this.#holder.exited;
  }
}
