/**
 * The cases of one language as Markdown: a table for each kind of client, operations down, clients and versions across, all in a fixed order.
 * A mark says that the operation was run; a dash that this version does not have it.
 */
export function clientTable(cases) {
  const groups = [...groupBy(cases, groupOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([, each]) => tableOf(each)).join('\n');
}

const groupOf = ({ group, client }) => group ?? client;

function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function tableOf(cases) {
  const columnOf = ({ client, version, group }) => (group ? [client, version].filter(Boolean).join(' ') : version);
  const columns = [...new Set(cases.map(columnOf))].sort(new Intl.Collator('en', { numeric: true }).compare);
  const operations = [...new Set(cases.map(({ operation }) => operation))].sort(order);
  const passed = new Set(cases.filter(({ outcome }) => outcome === 'passed').map((each) => `${columnOf(each)}\n${each.operation}`));
  const row = (cells) => `| ${cells.join(' | ')} |\n`;
  return [
    row([groupOf(cases[0]), ...columns]),
    `|${'---|'.repeat(columns.length + 1)}\n`,
    ...operations.map((operation) => row([operation, ...columns.map((column) => (passed.has(`${column}\n${operation}`) ? '✓' : '–'))])),
  ].join('');
}

/** Operations by name, failures after them. */
function order(a, b) {
  const isFailure = (operation) => operation.startsWith('failure ');
  return isFailure(a) - isFailure(b) || (a < b ? -1 : 1);
}
