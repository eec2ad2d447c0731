/** Where points stand in a chart: time from left to right, values on a scale with round ends. Pure. */
export type Point = { at: string; min: number; max: number; mean: number; count: number };
export type Placed = { x: number; low: number; high: number; y: number; point: Point };
export type Scale = { low: number; high: number; marks: number[] };

/** 1, 2 or 5 times a power of ten, not below `least`. */
const roundStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10) * power;
};

/** Two to five marks that hold all values; a flat line stands in the middle. */
export const scaleOf = (points: readonly Point[]): Scale => {
  const low = Math.min(...points.map(({ min }) => min));
  const high = Math.max(...points.map(({ max }) => max));
  // From zero where that costs little of the height.
  const from = low > 0 && low < high * 0.6 ? 0 : low;
  const span = high - from || Math.abs(high) || 1;
  const step = roundStep(span / 3);
  const start = Math.floor((high === from ? from - span / 2 : from) / step);
  const end = Math.ceil((high === from ? high + span / 2 : high) / step);
  const marks = Array.from({ length: end - start + 1 }, (_, i) => Number(((start + i) * step).toPrecision(12)));
  return { low: marks[0] ?? 0, high: marks.at(-1) ?? 1, marks };
};

export type Box = { left: number; right: number; top: number; bottom: number };

export const yOf = (value: number, scale: Scale, box: Box): number =>
  box.bottom - ((value - scale.low) / (scale.high - scale.low)) * (box.bottom - box.top);

export const place = (
  points: readonly Point[],
  window: { since: string; until: string },
  scale: Scale,
  box: Box,
): Placed[] => {
  const [from, to] = [Date.parse(window.since), Date.parse(window.until)];
  return points.map((point) => ({
    x: box.left + ((Date.parse(point.at) - from) / (to - from)) * (box.right - box.left),
    low: yOf(point.min, scale, box),
    high: yOf(point.max, scale, box),
    y: yOf(point.mean, scale, box),
    point,
  }));
};

const dot = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

export const linePath = (placed: readonly Placed[]): string =>
  placed.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${dot(x, y)}`).join('');

/** From the least to the most at each time. */
export const bandPath = (placed: readonly Placed[]): string => {
  if (placed.length < 2) return '';
  const up = placed.map(({ x, high }, i) => `${i === 0 ? 'M' : 'L'}${dot(x, high)}`);
  const back = [...placed].reverse().map(({ x, low }) => `L${dot(x, low)}`);
  return `${[...up, ...back].join('')}Z`;
};

const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const large = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
export const formatNumber = (value: number): string => (Math.abs(value) < 1000 ? small : large).format(value);
