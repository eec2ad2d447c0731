/** The last days as a full row of bars: days without a change are there too. Days are UTC, as the core counts them. */
export type Day = { day: string; changeSets: number };

const dayMs = 86_400_000;

export const fillDays = (known: readonly Day[], now: Date, count: number): Day[] => {
  const byDay = new Map(known.map((one) => [one.day, one.changeSets]));
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(now.getTime() - (count - 1 - index) * dayMs).toISOString().slice(0, 10);
    return { day, changeSets: byDay.get(day) ?? 0 };
  });
};
