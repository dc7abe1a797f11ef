/** How well a card was remembered, and when it comes again. */

import type { components } from "../api/schema";
import { t } from "../words/words";

export type Recall = components["schemas"]["Recall"];

/** In the order of their keys, 1 to 4. */
export const RECALLS: readonly (readonly [recall: Recall, words: string])[] = [
  ["again", t("Again")],
  ["hard", t("Hard")],
  ["good", t("Good")],
  ["easy", t("Easy")],
];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long from now a card comes again: "in 10 minutes", "in 4 days". */
export function comesAgain(dueAt: string, now: Date): string {
  const wait = new Date(dueAt).getTime() - now.getTime();
  if (wait < MINUTE) return t("right away");
  const [minutes, hours, days] = [MINUTE, HOUR, DAY].map((unit) => Math.round(wait / unit));
  if (wait < HOUR)
    return minutes === 1 ? t("in a minute") : t("in {n} minutes", { n: minutes ?? 0 });
  if (wait < DAY) return hours === 1 ? t("in an hour") : t("in {n} hours", { n: hours ?? 0 });
  return days === 1 ? t("in a day") : t("in {n} days", { n: days ?? 0 });
}
