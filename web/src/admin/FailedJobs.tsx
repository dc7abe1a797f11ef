import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { KIND_WORDS } from "../making/jobWords";
import { moment } from "../shell/formats";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";

type Job = components["schemas"]["JobRead"];

/** Jobs that have failed, everybody's, each with its reason and the way to try it again. */
export function FailedJobs() {
  const queries = useQueryClient();
  const notify = useNotify();
  const failed = useQuery({
    queryKey: ["jobs", "failed"],
    queryFn: () =>
      body(api.GET("/api/v1/jobs", { params: { query: { status: "failed", size: 20 } } })),
  });
  const retry = useMutation({
    mutationFn: (id: string) =>
      api.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: id } } }),
    onSuccess: () => notify(t("The job is queued once more.")),
    onSettled: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
  return (
    <section className="panel" aria-labelledby="failed-heading">
      <h2 id="failed-heading">{t("Failed jobs")}</h2>
      {failed.isError && <Problem error={failed.error} onRetry={() => void failed.refetch()} />}
      {retry.isError && <Problem error={retry.error} />}
      {failed.data?.items.length === 0 && <p className="fine-print">{t("None has failed.")}</p>}
      <ul className="plain-rows">
        {failed.data?.items.map((job) => (
          <li key={job.id}>
            <div className="row-text">
              <p className="row-title">
                {KIND_WORDS[job.kind]}
                {job.topic && `: ${job.topic}`}
              </p>
              <p className="reason">{reasonOf(job)}</p>
              <p className="fine-print">
                {moment(job.finished_at ?? job.created_at)} · {job.id}
              </p>
            </div>
            <button
              type="button"
              className="button"
              disabled={retry.isPending}
              onClick={() => retry.mutate(job.id)}
            >
              {t("Try again")}
              <span className="visually-hidden"> {t("with job {id}", { id: job.id })}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function reasonOf(job: Job): string {
  const message = job.error?.["message"];
  return typeof message === "string" ? message : t("No reason is kept.");
}
