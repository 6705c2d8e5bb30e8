/** Charts as SVG text, readable on light and dark pages. */

const WIDTH = 760;
const COLORS = ['#2f6fde', '#d9822b', '#2e9e6b', '#a34fc4', '#c43d4b', '#5f6b7a'];
const INK = '#7a8594';

const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** 48213 as "48.2 k". */
export function short(number) {
  if (number >= 999_500) return `${(number / 1e6).toPrecision(3)} M`;
  if (number >= 999.5) return `${(number / 1e3).toPrecision(3)} k`;
  return number >= 10 ? String(Math.round(number)) : String(Number(number.toPrecision(2)));
}

function svg(height, title, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="${INK}">`,
    `<title>${escape(title)}</title>`,
    `<text x="12" y="22" font-size="15" font-weight="600">${escape(title)}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Horizontal bars: [{name, value, min, max}], with whiskers from min to max. */
export function bars(title, unit, rows) {
  const left = 230;
  const room = WIDTH - left - 110;
  const largest = Math.max(...rows.map(({ value, max }) => Math.max(value, max ?? 0)));
  const x = (value) => left + (value / largest) * room;
  const parts = rows.flatMap(({ name, value, min, max }, i) => {
    const y = 44 + i * 30;
    const whisker = min === undefined || min === max ? [] : [
      `<path d="M${x(min).toFixed(1)} ${y + 10}H${x(max).toFixed(1)}M${x(min).toFixed(1)} ${y + 5}v10M${x(max).toFixed(1)} ${y + 5}v10" stroke="${INK}" stroke-width="1.5"/>`,
    ];
    return [
      `<text x="${left - 10}" y="${y + 15}" text-anchor="end">${escape(name)}</text>`,
      `<rect x="${left}" y="${y}" width="${Math.max(1, x(value) - left).toFixed(1)}" height="20" rx="2" fill="${COLORS[name.startsWith('Sluice') ? 0 : 5]}"/>`,
      ...whisker,
      `<text x="${(x(Math.max(value, max ?? 0)) + 8).toFixed(1)}" y="${y + 15}">${short(value)}</text>`,
    ];
  });
  const height = 44 + rows.length * 30 + 24;
  return svg(height, title, [...parts, `<text x="${left}" y="${height - 8}" font-size="11">${escape(unit)}</text>`]);
}

/** Lines over a logarithmic x axis: [{name, points: [[x, y]]}]. The value axis begins at 0. */
export function lines(title, xLabel, yLabel, series) {
  const [left, top, right, bottom] = [70, 44, WIDTH - 170, 300];
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const [low, high] = [Math.log10(Math.min(...xs)), Math.log10(Math.max(...xs))];
  const largest = Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y))) * 1.1 || 1;
  const at = ([x, y]) => [
    left + (high === low ? 0.5 : (Math.log10(x) - low) / (high - low)) * (right - left),
    bottom - (y / largest) * (bottom - top),
  ];
  const parts = [];
  for (let i = 0; i <= 4; i++) {
    const value = (largest * i) / 4;
    const [, y] = at([10 ** low, value]);
    parts.push(`<path d="M${left} ${y.toFixed(1)}H${right}" stroke="${INK}" stroke-opacity="0.25"/>`);
    parts.push(`<text x="${left - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end" font-size="11">${short(value)}</text>`);
  }
  for (const x of [...new Set(xs)].sort((a, b) => a - b)) {
    const [px] = at([x, 0]);
    parts.push(`<text x="${px.toFixed(1)}" y="${bottom + 18}" text-anchor="middle" font-size="11">${short(x)}</text>`);
  }
  series.forEach(({ name, points }, i) => {
    const color = COLORS[i % COLORS.length];
    const path = points.map((point, j) => `${j ? 'L' : 'M'}${at(point).map((v) => v.toFixed(1)).join(' ')}`).join('');
    parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-width="2"/>`);
    for (const point of points) {
      const [px, py] = at(point);
      parts.push(`<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3.5" fill="${color}"/>`);
    }
    parts.push(`<circle cx="${right + 18}" cy="${top + i * 22}" r="5" fill="${color}"/>`);
    parts.push(`<text x="${right + 30}" y="${top + i * 22 + 4}">${escape(name)}</text>`);
  });
  parts.push(`<text x="${(left + right) / 2}" y="${bottom + 38}" text-anchor="middle" font-size="11">${escape(xLabel)}</text>`);
  parts.push(`<text x="12" y="38" font-size="11">${escape(yLabel)}</text>`);
  return svg(bottom + 50, title, parts);
}
