import { hasEnded, type Job } from "../materials/jobEvents";
import { money, percent } from "../shell/formats";
import { t } from "../words/words";
import { failureOf, KIND_WORDS, stageWords, statusWords, timeLeft } from "./jobWords";

/** How far a job is: its stage, share, time left and cost so far; why it failed where it did. */
export function JobProgress({ job }: { job: Job }) {
  const failure = failureOf(job);
  if (hasEnded(job)) {
    return failure === null ? (
      <p role="status">{statusWords(job)}.</p>
    ) : (
      <p role="alert" className="reason">
        {failure}
      </p>
    );
  }
  const told = [
    job.status === "queued" ? t("Waiting for its turn") : stageWords(job.stage),
    percent(job.progress),
    timeLeft(job.seconds_left),
    job.cost_micro_usd > 0
      ? t("{costMicroUsd} so far", { costMicroUsd: money(job.cost_micro_usd) })
      : null,
  ];
  return (
    <div className="job-progress">
      <p role="status" className="fine-print">
        {told.filter((part) => part !== null).join(" · ")}
      </p>
      <progress
        max={1}
        value={job.progress}
        aria-label={t("Progress: {kind}", { kind: KIND_WORDS[job.kind] })}
      />
    </div>
  );
}
