// Rates over time: small ones as SVG, the large one with uPlot.
import { html, useEffect, useRef } from './lib/preact.js';

const WIDTH = 96;
const HEIGHT = 24;

/** A line through the last values. */
export function Sparkline({ values, label }) {
  const max = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / max) * (HEIGHT - 4)).toFixed(1)}`);
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${label} preserveAspectRatio="none">
    ${values.length > 1 && html`<polyline points=${points.join(' ')} />`}
  </svg>`;
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The rates of one queue. Each sample is [milliseconds, pushed, delivered, acknowledged]. */
export function RateChart({ samples, dark }) {
  const place = useRef(null);
  const plot = useRef(null);
  const data = [0, 1, 2, 3].map((column) => samples.map((sample) => (column ? sample[column] : sample[0] / 1000)));
  useEffect(() => {
    const line = (label, name) => ({ label, stroke: color(name), width: 2, points: { show: false }, value: (chart, value) => (value == null ? '–' : `${value.toFixed(1)}/s`) });
    const axis = { stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
    const width = () => Math.max(240, place.current.clientWidth);
    plot.current = new window.uPlot({
      width: width(),
      height: 180,
      series: [{ label: 'Time' }, line('Pushed', '--blue'), line('Delivered', '--orange'), line('Acknowledged', '--green')],
      axes: [axis, { ...axis, size: 56 }],
      scales: { y: { range: (chart, min, max) => [0, Math.max(1, max * 1.1)] } },
      cursor: { drag: { x: false, y: false } },
    }, data, place.current);
    const observer = new ResizeObserver(() => plot.current && plot.current.setSize({ width: width(), height: 180 }));
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      plot.current.destroy();
      plot.current = null;
    };
  }, [dark]);
  useEffect(() => { plot.current && plot.current.setData(data); }, [samples, samples.length]);
  return html`<div class="chart" ref=${place} role="img" aria-label="Messages per second over time"></div>`;
}
