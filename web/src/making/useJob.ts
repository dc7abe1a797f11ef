import { useEffect, useRef, useState } from "react";

import { hasEnded, type Job, watchJob } from "../materials/jobEvents";

/** A job as it moves, by its events; `onEnd` is told once when it ends while it is watched. */
export function useJob(job: Job, onEnd: (ended: Job) => void): Job {
  const [shown, setShown] = useState(job);
  const tell = useRef(onEnd);
  useEffect(() => {
    tell.current = onEnd;
  });
  const { id, status } = job;
  const isOver = hasEnded(job);
  useEffect(() => {
    setShown((known) => (known.id === id && !isOver ? known : job));
    if (isOver) return;
    const abort = new AbortController();
    watchJob(
      id,
      (moved) => {
        setShown(moved);
        if (hasEnded(moved)) tell.current(moved);
      },
      abort.signal,
    ).catch(() => {
      // The list is read again by itself; the page says already that the server is away.
    });
    return () => abort.abort();
    // Only another job, or one that runs again, is watched anew.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [id, status]);
  return shown;
}
