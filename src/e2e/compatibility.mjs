// Writes the tables of clients in docs/compatibility.md from the cases that the last runs of make e2e-node, e2e-python and
// so on left in target/client-cases. A language that was not run keeps its table.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { clientTable } from './harness/client-table.js';

const root = new URL('../../', import.meta.url);
const document = new URL('docs/compatibility.md', root);
const directory = new URL('target/client-cases/', root);

let text = readFileSync(document, 'utf8');
for (const file of readdirSync(directory).filter((name) => name.endsWith('.jsonl'))) {
  const language = file.replace('.jsonl', '');
  const cases = readFileSync(new URL(file, directory), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const start = `<!-- cases of ${language} -->\n`;
  const end = `<!-- end of ${language} -->\n`;
  if (!text.includes(start) || !text.includes(end)) throw new Error(`docs/compatibility.md has no place for ${language}`);
  const [before] = text.split(start);
  const [, after] = text.split(end);
  text = `${before}${start}\n${clientTable(cases)}\n${end}${after}`;
}
writeFileSync(document, text);
