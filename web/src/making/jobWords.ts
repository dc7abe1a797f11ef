/** How a job is told of: what it makes, what it does just now, how long it may take. */

import { type Notice, noticeWords } from "../chat/events";
import type { Job } from "../materials/jobEvents";
import { t, told } from "../words/words";

export const KIND_WORDS: Readonly<Record<Job["kind"], string>> = {
  ingest: t("Upload"),
  lesson: t("Lesson"),
  quiz: t("Quiz"),
  flashcards: t("Flashcards"),
  study_guide: t("Study guide"),
  slides: t("Slides"),
  video: t("Video"),
};

const STATUS_WORDS: Readonly<Record<Job["status"], string>> = {
  queued: t("Waiting"),
  running: t("Under way"),
  succeeded: t("Done"),
  failed: t("Failed"),
  cancelled: t("Cancelled"),
};

export function statusWords(job: Job): string {
  return STATUS_WORDS[job.status];
}

/** What a running job is at, as a person says it: "rendering scene 2". */
export function stageWords(stage: string): string {
  const words = stage.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How long something may still take, roughly; null where nobody knows. */
export function timeLeft(seconds: number | null | undefined): string | null {
  if (seconds === null || seconds === undefined) return null;
  if (seconds < 10) return t("a few seconds left");
  if (seconds < 55)
    return t("about {seconds} seconds left", { seconds: Math.round(seconds / 10) * 10 });
  const minutes = Math.round(seconds / 60);
  return minutes <= 1 ? t("about a minute left") : t("about {minutes} minutes left", { minutes });
}

/** The words in which a job that failed says why. */
export function failureOf(job: Job): string | null {
  const error = job.error as { code?: unknown; message?: unknown } | null | undefined;
  if (typeof error?.message !== "string") return null;
  return told(typeof error.code === "string" ? error.code : undefined, error.message);
}

/** What a job has to remark on what it made; one of an earlier release did so in words alone. */
export function noticesOf(job: Job): string[] {
  const result = job.result as { notices?: (Notice | string)[] } | null | undefined;
  return (result?.notices ?? []).map((notice) =>
    typeof notice === "string" ? notice : noticeWords(notice),
  );
}

/** The id of the content that a job has made. */
export function madeBy(job: Job): string | null {
  const result = job.result as { id?: unknown } | null | undefined;
  return job.status === "succeeded" && typeof result?.id === "string" ? result.id : null;
}
