import { describe, expect, it, vi } from "vitest";

import { ApiProblem } from "../api/problem";
import type { Job } from "./jobEvents";
import { type Carrier, UploadQueue } from "./UploadQueue";

const JOB: Job = {
  id: "job",
  course_id: "course",
  kind: "ingest",
  topic: "",
  status: "queued",
  stage: "queued",
  progress: 0,
  seconds_left: null,
  cost_micro_usd: 0,
  result: null,
  error: null,
  attempts: 0,
  created_at: "2026-01-01T00:00:00Z",
  finished_at: null,
};
const DONE: Job = { ...JOB, status: "succeeded", result: { assets: [] } };

function carrier(part: Partial<Carrier>): Carrier {
  return {
    send: () => Promise.resolve(JOB),
    watch: (_, onJob) => Promise.resolve(onJob(DONE)),
    cancel: () => Promise.resolve(),
    retry: () => Promise.resolve(),
    pause: () => Promise.resolve(),
    ...part,
  };
}

function file(path: string) {
  return { path, file: new Blob([path]) };
}

function states(queue: UploadQueue): string[] {
  return queue.snapshot().map((upload) => upload.state.is);
}

describe("files on their way", () => {
  it("are sent two at a time, in order", async () => {
    const sent: string[] = [];
    const release: (() => void)[] = [];
    const queue = new UploadQueue(
      carrier({
        send: ({ path }) => {
          sent.push(path);
          return new Promise((resolve) => release.push(() => resolve(JOB)));
        },
      }),
      () => undefined,
    );

    queue.add(["a", "b", "c"].map(file));
    const first = [...sent];
    release[0]?.();
    await vi.waitFor(() => expect(sent).toHaveLength(3));

    expect(first).toEqual(["a", "b"]);
    expect(sent[2]).toBe("c");
  });

  it("are sent again under the same key while the server is away", async () => {
    const keys: string[] = [];
    const queue = new UploadQueue(
      carrier({
        send: (_, key) => {
          keys.push(key);
          return keys.length < 3 ? Promise.reject(ApiProblem.unreachable()) : Promise.resolve(JOB);
        },
      }),
      () => undefined,
    );

    queue.add([file("a")]);
    await vi.waitFor(() => expect(states(queue)).toEqual(["in"]));

    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(3);
  });

  it("fail alone, each with what the server says", async () => {
    const refusal = new ApiProblem(413, "too_large", "The file is larger than 100 MB.");
    const queue = new UploadQueue(
      carrier({
        send: ({ path }) => (path === "big" ? Promise.reject(refusal) : Promise.resolve(JOB)),
      }),
      () => undefined,
    );

    queue.add([file("big"), file("small")]);
    await vi.waitFor(() => expect(states(queue)).toEqual(["failed", "in"]));

    expect(queue.snapshot()[0]?.state).toEqual({
      is: "failed",
      reasons: ["The file is larger than 100 MB."],
    });
  });

  it("that wait are cancelled before they are sent", async () => {
    const sent: string[] = [];
    const queue = new UploadQueue(
      carrier({
        send: ({ path }) => {
          sent.push(path);
          return path === "c" ? Promise.resolve(JOB) : new Promise(() => undefined);
        },
      }),
      () => undefined,
    );
    queue.add(["a", "b", "c"].map(file));

    await queue.cancel(queue.snapshot()[2]?.id ?? "");

    expect(states(queue)[2]).toBe("cancelled");
    expect(sent).toEqual(["a", "b"]);
  });

  it("leave the list once their outcome is known", async () => {
    const queue = new UploadQueue(
      carrier({
        watch: (_, onJob) => Promise.resolve(onJob(DONE)),
        send: ({ path }) => (path === "b" ? new Promise(() => undefined) : Promise.resolve(JOB)),
      }),
      () => undefined,
    );
    queue.add([file("a"), file("b")]);
    await vi.waitFor(() => expect(states(queue)[0]).toBe("in"));

    queue.clear();

    expect(queue.snapshot().map((upload) => upload.path)).toEqual(["b"]);
  });
});
