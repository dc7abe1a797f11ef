import type { components } from "../api/schema";
import { t } from "../words/words";

export type Reason = components["schemas"]["FeedbackRead"]["reasons"][number];

/** Why an answer did not help, in the words that are chosen from. */
export const REASON_WORDS: Record<Reason, string> = {
  wrong: t("It is wrong"),
  not_grounded: t("The sources do not say it"),
  unclear: t("It is unclear"),
  incomplete: t("Something is missing"),
  too_long: t("It is too long"),
  other: t("Something else"),
};
