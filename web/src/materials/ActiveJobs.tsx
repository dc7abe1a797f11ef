import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, body } from "../api/client";
import { percent } from "../shell/formats";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { hasEnded } from "./jobEvents";
import { stageWords } from "./stages";
import type { Upload } from "./upload";

const LOOK_AGAIN_MS = 4_000;

interface Props {
  courseId: string;
  uploads: readonly Upload[];
}

/** Uploads of others, or from before the page was loaded, that are still under way. */
export function ActiveJobs({ courseId, uploads }: Props) {
  const queries = useQueryClient();
  const jobs = useQuery({
    queryKey: ["jobs", courseId],
    refetchInterval: ({ state }) => (state.data?.items.some(isActive) ? LOOK_AGAIN_MS : false),
    queryFn: () =>
      body(
        api.GET("/api/v1/jobs", {
          params: { query: { course: courseId, kind: "ingest", size: 20 } },
        }),
      ),
  });
  const cancel = useMutation({
    mutationFn: (id: string) =>
      api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["jobs", courseId] }),
  });
  const own = new Set(uploads.map((upload) => upload.jobId));
  const active = (jobs.data?.items ?? []).filter((job) => isActive(job) && !own.has(job.id));
  const amount = active.length;
  useEffect(() => {
    // One less is under way: its documents have come.
    void queries.invalidateQueries({ queryKey: ["documents", courseId] });
  }, [amount, queries, courseId]);
  if (amount === 0) return null;
  return (
    <section className="panel" aria-labelledby="active-heading">
      <h2 id="active-heading">{t("Also under way")}</h2>
      <ul className="plain-rows">
        {active.map((job) => (
          <li key={job.id}>
            <div className="row-text">
              <p className="fine-print">
                {t("An upload, {stage}, {progress}", {
                  stage: stageWords(job.stage),
                  progress: percent(job.progress),
                })}
              </p>
              <progress max={1} value={job.progress} aria-label={t("Progress of an upload")} />
            </div>
            <button type="button" className="button" onClick={() => cancel.mutate(job.id)}>
              {t("Cancel")}
            </button>
          </li>
        ))}
      </ul>
      <ProblemLine problem={cancel.error?.message ?? null} />
    </section>
  );
}

function isActive(job: { status: string }): boolean {
  return !hasEnded(job as Parameters<typeof hasEnded>[0]);
}
