import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { requirement } from './requirement.js';

const PROGRAM = process.env.SLUICE_CHROMIUM ?? '/usr/bin/chromium';

/** Whether a test with a browser is to be skipped, and why; false if there is one. */
export const withoutBrowser = () => requirement(existsSync(PROGRAM) ? false : `there is no Chromium at ${PROGRAM}`);

/** Debian's Chromium without anything that uses the network by itself. Close it at the end. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: PROGRAM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
    timeout: 180_000,
  });
}
