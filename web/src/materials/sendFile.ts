import { authorisation } from "../api/client";
import { reportUnreachable } from "../api/connection";
import { ApiProblem } from "../api/problem";
import type { Job } from "./jobEvents";

export interface FileToSend {
  /** Its name, or its path below a dropped folder. */
  path: string;
  file: Blob;
}

/** Uploads a file and gives the job that brings it in; `onSent` is told the share, 0 to 1.
 *
 * By XMLHttpRequest, as `fetch` does not tell how much of a body is sent. The same key sends the
 * same file once, however often it is tried. Throws `ApiProblem`.
 */
export function sendFile(
  course: string,
  { path, file }: FileToSend,
  key: string,
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<Job> {
  const form = new FormData();
  form.append("files", file, path);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/courses/${encodeURIComponent(course)}/documents`);
    request.setRequestHeader("Idempotency-Key", key);
    for (const [name, value] of Object.entries(authorisation())) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onSent(event.loaded / event.total);
    };
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 202) resolve((answer as { job: Job }).job);
      else reject(problemFrom(request, answer));
    };
    request.onerror = () => {
      reportUnreachable();
      reject(ApiProblem.unreachable());
    };
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

function problemFrom(request: XMLHttpRequest, answer: unknown): ApiProblem {
  const seconds = Number(request.getResponseHeader("Retry-After")) || 0;
  return ApiProblem.from(request.status, answer, seconds);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
