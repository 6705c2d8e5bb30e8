import { readFileSync } from 'node:fs';

/** Resident memory of a process, in bytes; 0 after it has ended. */
export function residentBytes(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
  } catch {
    return 0;
  }
}

/** Polls the resident memory of a process until it is stopped, and keeps the maximum. */
export class MemoryMonitor {
  #timer;
  peakBytes = 0;

  constructor(pid) {
    const look = () => {
      this.peakBytes = Math.max(this.peakBytes, residentBytes(pid));
    };
    look();
    this.#timer = setInterval(look, 100).unref();
  }

  end() {
    clearInterval(this.#timer);
    return this.peakBytes;
  }
}
