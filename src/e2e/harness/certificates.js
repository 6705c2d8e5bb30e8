import path from 'node:path';
import { run } from './process.js';

/** Runs openssl and returns its output; with its error output if it fails. */
export async function openssl(args, { fails = false } = {}) {
  const { code, stdout, stderr } = await run('openssl', args);
  if (!fails && code !== 0) throw new Error(`openssl ${args[0]} ended with ${code}:\n${stderr}`);
  return { code, text: stdout + stderr };
}

/** Runs curl: {code, status, version, text, complaint}; `code` is curl's exit code, 0 if there was a response. */
export async function curl(args) {
  const { code, stdout, stderr } = await run(
    'curl',
    ['--silent', '--show-error', '--noproxy', '*', '--write-out', '\n%{http_code} %{http_version}', ...args],
  );
  const [, text, status, version] = /^([\s\S]*)\n(\d{3}) (\S+)$/.exec(stdout) ?? [];
  return { code, status: Number(status), version, text, complaint: stderr };
}

/** A certificate authority; all files are in one directory. */
export class Authority {
  #directory;
  #name;

  constructor(directory, name) {
    this.#directory = directory;
    this.#name = name;
    this.certificate = path.join(directory, `${name}.pem`);
    this.key = path.join(directory, `${name}.key`);
  }

  static async make(directory, name) {
    const made = new Authority(directory, name);
    await openssl([
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', `/CN=${name}`, '-keyout', made.key, '-out', made.certificate,
    ]); // prettier-ignore
    return made;
  }

  /** Creates a server certificate for 127.0.0.1 or a client certificate: {certificate, key}. */
  async sign(name, { days = 2 } = {}) {
    const file = (ending) => path.join(this.#directory, `${this.#name}-${name}.${ending}`);
    const [request, certificate, key] = [file('csr'), file('pem'), file('key')];
    await openssl([
      'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`,
      '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', key, '-out', request,
    ]); // prettier-ignore
    await openssl([
      'x509', '-req', '-in', request, '-CA', this.certificate, '-CAkey', this.key, '-CAcreateserial',
      '-days', String(days), '-copy_extensions', 'copy', '-out', certificate,
    ]); // prettier-ignore
    return { certificate, key };
  }
}
