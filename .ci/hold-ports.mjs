// Runs a command while both default ports of Sluice are in use, so that a test that needs one of them fails: node
// hold-ports.mjs make test. Exits with the exit code of the command.

import { spawn } from 'node:child_process';
import net from 'node:net';

const PORTS = [8080, 8081];

/** A port that another process uses already has the same effect. */
function hold(port) {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve() : reject(error)));
    server.listen(port, '127.0.0.1', resolve);
  });
}

await Promise.all(PORTS.map(hold));
console.log(`the tests run while the ports ${PORTS.join(' and ')} are taken`);
const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: 'inherit' });
child.once('error', (error) => {
  console.error(`${command}: ${error.message}`);
  process.exit(127);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => {
  if (signal) console.error(`${command} ended with ${signal}`);
  process.exit(code ?? 1);
});
