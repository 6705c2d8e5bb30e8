import path from 'node:path';
import { run } from './process.js';

/** Runs openssl to the end and answers what it printed; its complaints too, if it fails. */
export async function openssl(args, { fails = false } = {}) {
  const { code, stdout, stderr } = await run('openssl', args);
  if (!fails && code !== 0) throw new Error(`openssl ${args[0]} ended with ${code}:\n${stderr}`);
  return { code, text: stdout + stderr };
}

/** Runs curl to the end: {code, status, version, text, complaint}; `code` is curl's own, 0 if there was an answer. */
export async function curl(args) {
  const { code, stdout, stderr } = await run(
    'curl',
    ['--silent', '--show-error', '--noproxy', '*', '--write-out', '\n%{http_code} %{http_version}', ...args],
  );
  const [, text, status, version] = /^([\s\S]*)\n(\d{3}) (\S+)$/.exec(stdout) ?? [];
  return { code, status: Number(status), version, text, complaint: stderr };
}

/** An authority that signs certificates, all of them files of one directory. */
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

  /** A certificate for 127.0.0.1 as a server, or for anybody as a client: {certificate, key}. */
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
