/** Moments as a field of date and time holds them: in the person's own time zone, to the minute. */

/** What the field shows of a moment; empty where there is none. */
export function localMinute(iso: string | null | undefined): string {
  if (iso == null) return "";
  const date = new Date(iso);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The moment that a field shows; null where it is empty. */
export function minuteOf(text: string): string | null {
  return text === "" ? null : new Date(text).toISOString();
}
