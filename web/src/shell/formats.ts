/** Dates, money and amounts as people read them. */

import { locale } from "../words/words";

const MOMENT = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const COUNT = new Intl.NumberFormat(locale);
const COMPACT = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });

const BYTE_UNITS = ["B", "kB", "MB", "GB"] as const;
const MICRO = 1_000_000;

export function moment(iso: string): string {
  return MOMENT.format(new Date(iso));
}

export function day(iso: string): string {
  return DAY.format(new Date(iso));
}

export function count(amount: number): string {
  return COUNT.format(amount);
}

/** A large amount in short: 1.2M. */
export function compact(amount: number): string {
  return COMPACT.format(amount);
}

export function percent(share: number): string {
  return PERCENT.format(share);
}

/** An amount with its noun: "1 passage", "2,000 passages". */
export function counted(amount: number, one: string, many: string): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

/** A size in the largest unit that leaves a number of at least one. */
export function bytes(size: number): string {
  let amount = size;
  let unit = 0;
  while (amount >= 1000 && unit < BYTE_UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = amount < 10 && unit > 0 ? 1 : 0;
  return `${amount.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

/** Millionths of a dollar as dollars; what is less than a cent keeps the digits that count. */
export function money(microUsd: number): string {
  const dollars = microUsd / MICRO;
  const isSmall = dollars !== 0 && Math.abs(dollars) < 0.01;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    ...(isSmall ? { maximumSignificantDigits: 2 } : {}),
  }).format(dollars);
}

/** Dollars as typed, in millionths; null where they are no amount. */
export function microUsd(dollars: string): number | null {
  const amount = Number(dollars);
  if (dollars.trim() === "" || !Number.isFinite(amount) || amount < 0) return null;
  return Math.round(amount * MICRO);
}
