import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { api } from "../api/client";
import { usePerson } from "../session/session";
import { watchJob } from "./jobEvents";
import { sendFile } from "./sendFile";
import { isUnderWay, type Upload } from "./upload";
import { UploadQueue } from "./UploadQueue";

const queues = new Map<string, UploadQueue>();

/** The files on their way into a course, whichever views were opened meanwhile. */
export function useUploads(courseId: string): {
  uploads: readonly Upload[];
  queue: UploadQueue;
} {
  const queries = useQueryClient();
  // Whoever signs in next in this tab has nothing to do with them.
  const key = `${usePerson().id}:${courseId}`;
  let queue = queues.get(key);
  if (queue === undefined) {
    queue = queueOf(courseId, () => {
      void queries.invalidateQueries({ queryKey: ["documents", courseId] });
      void queries.invalidateQueries({ queryKey: ["jobs", courseId] });
      void queries.invalidateQueries({ queryKey: ["course"] });
    });
    queues.set(key, queue);
  }
  const uploads = useSyncExternalStore(queue.subscribe, queue.snapshot);
  useLeaveWarning(uploads.some(({ state }) => ["waiting", "sending"].includes(state.is)));
  return { uploads, queue };
}

/** How many files of a course are under way. */
export function countUnderWay(uploads: readonly Upload[]): number {
  return uploads.filter((upload) => isUnderWay(upload.state)).length;
}

function queueOf(courseId: string, onDone: () => void): UploadQueue {
  const jobPath = (id: string) => ({ params: { path: { job_id: id } } });
  return new UploadQueue(
    {
      send: (file, key, onSent, signal) => sendFile(courseId, file, key, onSent, signal),
      watch: watchJob,
      cancel: (id) => api.POST("/api/v1/jobs/{job_id}/cancel", jobPath(id)),
      retry: (id) => api.POST("/api/v1/jobs/{job_id}/retry", jobPath(id)),
      pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    },
    onDone,
  );
}

/** What is not sent yet is lost with the page. */
function useLeaveWarning(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isNeeded]);
}
