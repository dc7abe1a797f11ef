import { EventSourceParserStream } from "eventsource-parser/stream";

import { authorisation, problemOf, unreachable } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { components } from "../api/schema";

export type Job = components["schemas"]["JobRead"];

const RECONNECT_MS = [500, 1000, 2000, 4000, 8000];
const ENDED: readonly Job["status"][] = ["succeeded", "failed", "cancelled"];

export function hasEnded(job: Job): boolean {
  return ENDED.includes(job.status);
}

/** Reports a job as it stands and whenever it moves, until it has ended.
 *
 * A lost connection is made anew; every event holds the whole job, so nothing is missed. Throws
 * `ApiProblem` where the job is refused, or stays out of reach.
 */
export async function watchJob(
  jobId: string,
  onJob: (job: Job) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    let isOver = false;
    try {
      await readEvents(jobId, signal, (job) => {
        attempt = 0;
        isOver = hasEnded(job);
        onJob(job);
      });
    } catch (error) {
      if (signal.aborted) return;
      const isRefused = error instanceof ApiProblem && error.status > 0 && error.status < 500;
      if (isRefused || attempt >= RECONNECT_MS.length) throw error;
    }
    if (isOver || signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS[attempt] ?? 8000));
  }
}

async function readEvents(
  jobId: string,
  signal: AbortSignal,
  onJob: (job: Job) => void,
): Promise<void> {
  const response = await fetch(`/api/v1/jobs/${jobId}/events`, {
    headers: { ...authorisation(), Accept: "text/event-stream" },
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable();
  });
  if (!response.ok) throw await problemOf(response);
  if (response.body === null) return;
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  for (;;) {
    const { done, value } = await events.read();
    if (done) return;
    onJob(JSON.parse(value.data) as Job);
  }
}
