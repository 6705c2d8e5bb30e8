import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './clients.js';
import { run } from './process.js';

const PACKAGES = path.join(repository, 'src/e2e/python');

/** Why there is no Python here; undefined if there is. */
export async function pythonObstacle() {
  try {
    const { code } = await run('python3', ['-c', 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))']);
    return code === 0 ? undefined : 'needs Python 3.11 or newer with venv (on Debian: apt-get install python3-venv)';
  } catch {
    return 'there is no command python3';
  }
}

/**
 * The python of an environment with the packages of requirements-NAME.txt, and nothing else. Made once, under
 * target/clients, with the hashes of that file.
 */
export async function python(name) {
  const requirements = path.join(PACKAGES, `requirements-${name}.txt`);
  const environment = path.join(repository, `target/clients/python-${name}`);
  const program = path.join(environment, 'bin/python');
  const stamp = path.join(environment, 'requirements.sha256');
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return program;
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(path.dirname(environment), { recursive: true });
  await succeed('python3', ['-m', 'venv', environment]);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:'];
  await succeed(program, [...install, '--require-hashes', '--requirement', requirements]);
  writeFileSync(stamp, hash);
  return program;
}

async function succeed(command, args) {
  const { code, stdout, stderr } = await run(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
}
