/** How far a learner is with a concept, and how sure that is, in words. */

import type { components } from "../api/schema";
import { t } from "../words/words";

export type ConceptProgress = components["schemas"]["ConceptProgressRead"];

export const LEVEL_WORDS: Readonly<Record<ConceptProgress["level"], string>> = {
  unseen: t("Not yet seen"),
  learning: t("Learning"),
  nearly: t("Nearly there"),
  mastered: t("Mastered"),
};

const FEW_ANSWERS = 3;
const LITTLE = 0.4;
const MUCH = 0.75;

/** How sure the estimate is: `uncertainty` is 0 where it is sure, 1 where it could be either. */
export function sureness({ uncertainty, answer_count, is_claimed }: ConceptProgress): string {
  if (answer_count === 0) return is_claimed ? t("By your own word.") : t("No answer tells yet.");
  if (answer_count < FEW_ANSWERS) return t("Not sure yet: a few more answers will tell.");
  if (uncertainty < LITTLE) return t("Quite sure.");
  return uncertainty < MUCH ? t("Fairly sure.") : t("Not at all sure: it could be either.");
}
