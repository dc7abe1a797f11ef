import type { components } from "../api/schema";
import { t } from "../words/words";

type Doubt = components["schemas"]["DoubtfulAnswerRead"]["doubt"];

/** Why a teacher should look at an answer. */
export const DOUBT_WORDS: Readonly<Record<Doubt, string>> = {
  unanswered: t("no answer found"),
  low_support: t("little support"),
  failed: t("broke off"),
};
