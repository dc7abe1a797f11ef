import { describe, expect, it } from "vitest";

import type { Job } from "./jobEvents";
import { stateOf } from "./upload";

const JOB: Job = {
  id: "1",
  course_id: "course",
  kind: "ingest",
  topic: "",
  status: "running",
  stage: "encoding",
  progress: 0.4,
  seconds_left: null,
  cost_micro_usd: 0,
  result: null,
  error: null,
  attempts: 0,
  created_at: "2026-01-01T00:00:00Z",
  finished_at: null,
};

function report(path: string, status: string, more: object = {}) {
  return { path, status, reason: null, documents: 1, chunks: 3, ...more };
}

describe("a file on its way", () => {
  it("shows how far its job is", () => {
    expect(stateOf(JOB, "waves.md")).toEqual({ is: "working", share: 0.4, stage: "encoding" });
  });

  it("is in with what it held, and says what of an archive was left out", () => {
    const assets = [
      report("waves.md", "ok"),
      report("photo.png", "skipped", { reason: "no reader for it", documents: 0, chunks: 0 }),
    ];
    const job: Job = { ...JOB, status: "succeeded", result: { assets } };

    expect(stateOf(job, "all.zip")).toEqual({
      is: "in",
      documents: 1,
      passages: 3,
      isUnchanged: false,
      warnings: ["photo.png: no reader for it"],
    });
  });

  it("fails with its own reason, without its own name before it", () => {
    const assets = [report("scan.pdf", "failed", { reason: "no text layer", documents: 0 })];
    const job: Job = {
      ...JOB,
      status: "failed",
      result: { assets },
      error: { code: "nothing_ingested", message: "scan.pdf: no text layer" },
    };

    expect(stateOf(job, "scan.pdf")).toEqual({ is: "failed", reasons: ["no text layer"] });
  });

  it("fails with the job's message where no file is told of", () => {
    const job: Job = { ...JOB, status: "failed", error: { code: "lost", message: "Gave up." } };

    expect(stateOf(job, "scan.pdf")).toEqual({ is: "failed", reasons: ["Gave up."] });
  });
});
