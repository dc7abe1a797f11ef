/** One file on its way into a course: what it is at, from the choice to the outcome. */

import { failureOf } from "../making/jobWords";
import type { Job } from "./jobEvents";
import { t } from "../words/words";
import { reasonWords } from "./reasons";

export type UploadState =
  | { is: "waiting" }
  | { is: "sending"; share: number }
  | { is: "working"; share: number; stage: string }
  | { is: "in"; documents: number; passages: number; isUnchanged: boolean; warnings: string[] }
  | { is: "failed"; reasons: string[] }
  | { is: "cancelled" };

export interface Upload {
  id: string;
  path: string;
  byteSize: number;
  state: UploadState;
  jobId: string | null;
}

/** What a job of ingestion tells of a file; an archive has a report for each of its own. */
interface FileReport {
  path: string;
  status: "ok" | "unchanged" | "failed" | "skipped";
  reason: string | null;
  /** Stable name of the reason, where it has one. */
  reason_code?: string;
  documents: number;
  chunks: number;
  warning?: string;
  /** Stable name of the warning, where it has one. */
  warning_code?: string;
}

export function isUnderWay(state: UploadState): boolean {
  return ["waiting", "sending", "working"].includes(state.is);
}

/** How a file stands, as its job tells. */
export function stateOf(job: Job, path: string): UploadState {
  switch (job.status) {
    case "queued":
      return { is: "working", share: 0, stage: "queued" };
    case "running":
      return { is: "working", share: job.progress, stage: job.stage };
    case "cancelled":
      return { is: "cancelled" };
    case "failed":
      return { is: "failed", reasons: failures(job, path) };
    case "succeeded":
      return outcome(reportsOf(job), path);
  }
}

function outcome(reports: FileReport[], path: string): UploadState {
  const left = reports.filter((report) => report.reason !== null && report.status !== "unchanged");
  const warned = reports.filter((report) => report.warning !== undefined);
  return {
    is: "in",
    documents: sum(reports.map((report) => report.documents)),
    passages: sum(reports.map((report) => report.chunks)),
    isUnchanged: reports.length > 0 && reports.every((report) => report.status === "unchanged"),
    warnings: [
      ...left.map((report) => said(report.path, path, reasonOf(report))),
      ...warned.map((report) => said(report.path, path, reasonWords(report.warning_code, report.warning ?? ""))),
    ],
  };
}

function failures(job: Job, path: string): string[] {
  const reasons = reportsOf(job).map((report) => said(report.path, path, reasonOf(report)));
  if (reasons.some((reason) => reason !== "")) return reasons;
  return [failureOf(job) ?? t("It could not be brought in.")];
}

function reasonOf({ reason, reason_code }: FileReport): string {
  return reason === null ? "" : reasonWords(reason_code, reason);
}

/** A reason, with the file that it is of where that is not the uploaded one itself. */
function said(of: string, path: string, reason: string): string {
  return of === path ? reason : `${of}: ${reason}`;
}

function reportsOf(job: Job): FileReport[] {
  const assets: unknown = job.result?.["assets"];
  return Array.isArray(assets) ? (assets as FileReport[]) : [];
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
