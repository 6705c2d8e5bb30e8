import { cpus, release, totalmem } from 'node:os';
import { JAVA_OPTIONS } from './contenders.mjs';
import { output } from './processes.mjs';

/** The description of the machine that belongs to each result. */
export function circumstances() {
  const [cpu] = cpus();
  const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java';
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    commit: output('git', ['rev-parse', '--short=10', 'HEAD'], 'unknown'),
    changed: output('git', ['status', '--porcelain', '--untracked-files=no', '--', 'src/main', 'pom.xml', 'openapi']) !== '',
    cpu: `${cpu.model.trim()}, ${cpus().length} cores`,
    virtual: output('systemd-detect-virt', ['--vm'], '') || /Hypervisor vendor:\s*(\S+)/.exec(output('lscpu', []))?.[1] || 'none',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `Linux ${release()}`,
    fileSystem: output('sh', ['-c', "df --output=fstype . | tail -1"], 'unknown'),
    jdk: output('sh', ['-c', `"${java}" -version 2>&1 | sed -n 2p`], 'unknown'),
    javaOptions: JAVA_OPTIONS.join(' '),
    wrk: /wrk (\S+)/.exec(output('sh', ['-c', 'wrk -v 2>&1 | head -1']))?.[1],
    redis: /v=(\S+)/.exec(output('redis-server', ['--version']))?.[1],
  };
}
