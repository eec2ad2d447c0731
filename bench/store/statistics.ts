/** Medians and the like of measured times. Pure. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export type Times = { p50: number; p99: number };
export const timesOf = (values: readonly number[]): Times => ({ p50: median(values), p99: quantile(values, 0.99) });

/** Four digits are more than any of these figures is worth. */
export const rounded = (value: number): number => Number(value.toPrecision(4));

/** Milliseconds that `work` took. */
export const timed = async (work: () => Promise<unknown> | void): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
