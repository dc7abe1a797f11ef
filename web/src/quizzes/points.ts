/** Scores as people read them. */

import { locale, t } from "../words/words";

const POINTS = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

/** "2.5 of 4 points"; one point is "1 of 1 point". */
export function points(score: number, maximum: number): string {
  return t("{score} of {worth}", { score: POINTS.format(score), worth: worth(maximum) });
}

/** How an answer came out, in one word. */
export function verdictOf(score: number, maximum: number): "right" | "partly right" | "not right" {
  if (score >= maximum) return "right";
  return score > 0 ? "partly right" : "not right";
}

/** What a question is worth: "2 points". */
export function worth(maximum: number): string {
  return maximum === 1 ? t("1 point") : t("{amount} points", { amount: POINTS.format(maximum) });
}
