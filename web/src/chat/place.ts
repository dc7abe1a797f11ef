import type { Locator } from "./events";

/** Where a passage stands, in words: page, slide, time, the heading it is under. */
export function placeOf(locator: Locator): string {
  const parts: string[] = [];
  if (locator.page != null) parts.push(`page ${locator.page}`);
  if (locator.slide != null) parts.push(`slide ${locator.slide}`);
  if (locator.start_seconds != null) parts.push(clock(locator.start_seconds));
  const heading = locator.heading?.at(-1);
  if (heading !== undefined && heading !== "") parts.push(heading);
  return parts.join(" · ");
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
