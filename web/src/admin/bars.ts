export interface Measured {
  key: string;
  name: string;
  value: number;
}

interface Bar extends Measured {
  /** 0 to 100; what is more than nothing can be seen. */
  height: number;
}

const LEAST_SEEN = 1.5;

/** Heights of bars in proportion to the largest, and that largest value. */
export function barsOf(items: readonly Measured[]): { bars: Bar[]; top: number } {
  const top = Math.max(0, ...items.map((item) => item.value));
  const bars = items.map((item) => ({
    ...item,
    height: item.value <= 0 ? 0 : Math.max(LEAST_SEEN, (item.value / top) * 100),
  }));
  return { bars, top };
}

/** The days of a span with what was measured on each; days of which nothing is told measure 0. */
export function everyDay(measured: readonly Measured[], from: Date, to: Date): Measured[] {
  const known = new Map(measured.map((item) => [item.key, item]));
  const days: Measured[] = [];
  const day = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()));
  for (; day < to; day.setUTCDate(day.getUTCDate() + 1)) {
    const key = day.toISOString().slice(0, 10);
    days.push(known.get(key) ?? { key, name: key, value: 0 });
  }
  return days;
}
