import { t } from "../words/words";

const STAGES: Record<string, string> = {
  queued: t("waits for its turn"),
  starting: t("begins"),
  reading: t("being read"),
  encoding: t("being made searchable"),
};

/** What a job of ingestion is at. */
export function stageWords(stage: string): string {
  return STAGES[stage] ?? stage;
}
