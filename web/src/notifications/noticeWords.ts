import type { components } from "../api/schema";
import { t, told } from "../words/words";

type Notice = components["schemas"]["NotificationRead"];
export type NoticeKind = Notice["kind"];

/** What one may be told of, in the words of the settings. */
export const KIND_WORDS: Readonly<Record<NoticeKind, string>> = {
  "job.succeeded": t("Something you had made is done"),
  "job.failed": t("A job of yours has failed"),
  "content.published": t("Something new is published in a course"),
  "answer.corrected": t("A teacher corrects an answer you got"),
  "grade.changed": t("A teacher sets a grade of yours"),
  "appeal.decided": t("Your appeal is decided"),
  "certificate.revoked": t("A certificate of yours is revoked"),
  "reviews.due": t("Cards are due"),
  "password.changed": t("Your password is changed"),
};

/** A notice in a sentence. */
export function noticeWords(notice: Pick<Notice, "kind" | "payload">): string {
  const said = (name: string) => String(notice.payload[name] ?? "");
  switch (notice.kind) {
    case "job.succeeded":
      return t("Done: {what}", { what: kindOfJob(said("job_kind")) });
    case "job.failed":
      return t("Failed: {what}. {reason}", {
        what: kindOfJob(said("job_kind")),
        reason: told(said("error_code"), said("error")),
      });
    case "content.published":
      return t("New: {title}", { title: said("title") });
    case "answer.corrected":
      return t("A teacher corrected the answer to: {question}", { question: said("question") });
    case "grade.changed":
      return t("A grade of yours was set: {title}", { title: said("title") });
    case "appeal.decided":
      return notice.payload["is_accepted"] === true
        ? t("Your appeal was accepted.")
        : t("Your appeal was rejected.");
    case "certificate.revoked":
      return t("Your certificate was revoked: {reason}", { reason: said("reason") });
    case "reviews.due":
      return t("Cards to review: {cards}", { cards: said("cards") });
    case "password.changed":
      return t("Your password was changed.");
  }
}

const JOBS: Readonly<Record<string, string>> = {
  ingest: t("reading material"),
  lesson: t("a lesson"),
  quiz: t("a quiz"),
  flashcards: t("flashcards"),
  study_guide: t("a study guide"),
  slides: t("slides"),
  video: t("a video"),
};

function kindOfJob(kind: string): string {
  return JOBS[kind] ?? kind;
}
