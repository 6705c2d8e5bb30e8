// Prints in one line which languages the last run left out, with the reasons; nothing if there are none.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const directory = new URL('../../target/client-cases/', import.meta.url);
const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.left-out')) : [];
const reasons = files.map((name) => readFileSync(new URL(name, directory), 'utf8').trim());
if (reasons.length > 0) console.log(`clients left out: ${reasons.join('; ')}`);
