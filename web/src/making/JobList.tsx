import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, body } from "../api/client";
import { COLLECTION_OF_JOB, KINDS } from "../content/collections";
import { useWorkspace } from "../course/CourseWorkspace";
import { hasEnded, type Job } from "../materials/jobEvents";
import { money } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { JobHistory } from "./JobHistory";
import { JobProgress } from "./JobProgress";
import { KIND_WORDS, madeBy, noticesOf, statusWords } from "./jobWords";
import { useJob } from "./useJob";

const LOOK_AGAIN_MS = 15_000;

interface Props {
  courseId: string;
  canEdit: boolean;
}

/** The jobs of a course that make content, the newest first, with those under way live. */
export function JobList({ courseId, canEdit }: Props) {
  const jobs = useQuery({
    queryKey: ["made-jobs", courseId],
    // Others may begin jobs, too; those that are shown tell of themselves.
    refetchInterval: LOOK_AGAIN_MS,
    queryFn: () =>
      body(api.GET("/api/v1/jobs", { params: { query: { course: courseId, size: 50 } } })),
  });
  const made = (jobs.data?.items ?? []).filter((job) => job.kind !== "ingest");
  return (
    <section className="panel" aria-labelledby="jobs-heading">
      <h2 id="jobs-heading">{t("Under way and done")}</h2>
      {jobs.isPending && <Loading what={t("the jobs")} />}
      {jobs.isError && <Problem error={jobs.error} onRetry={() => void jobs.refetch()} />}
      {jobs.isSuccess && made.length === 0 && (
        <p className="empty-state">
          {t("Nothing has been made yet. What you ask for appears here.")}
        </p>
      )}
      <ul className="plain-rows">
        {made.map((job) => (
          <JobRow key={job.id} job={job} canEdit={canEdit} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  job: Job;
  canEdit: boolean;
}

function JobRow({ job, canEdit }: RowProps) {
  const queries = useQueryClient();
  const { course } = useWorkspace();
  const refresh = () => queries.invalidateQueries({ queryKey: ["made-jobs", course.id] });
  const shown = useJob(job, () => {
    void refresh();
    void queries.invalidateQueries({ queryKey: ["contents", course.id] });
  });
  const [hasHistory, setHistory] = useState(false);
  const path = { job_id: job.id };
  const act = useMutation({
    mutationFn: (what: "cancel" | "retry") =>
      what === "cancel"
        ? api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path } })
        : api.POST("/api/v1/jobs/{job_id}/retry", { params: { path } }),
    onSettled: refresh,
  });
  const name = job.topic ? `${KIND_WORDS[job.kind]}: ${job.topic}` : KIND_WORDS[job.kind];
  const isRetryable = shown.status === "failed" || shown.status === "cancelled";
  return (
    <li className="job">
      <p className="row-title">
        {name}
        <span className={`chip state ${chipOf(shown)}`}>{statusWords(shown)}</span>
        {hasEnded(shown) && shown.cost_micro_usd > 0 && (
          <span className="chip">{money(shown.cost_micro_usd)}</span>
        )}
      </p>
      {shown.status !== "succeeded" && shown.status !== "cancelled" && <JobProgress job={shown} />}
      {noticesOf(shown).map((notice) => (
        <p key={notice} className="fine-print">
          {notice}
        </p>
      ))}
      <div className="row-actions">
        <MadeLink job={shown} />
        {canEdit && !hasEnded(shown) && (
          <button
            type="button"
            className="button"
            disabled={act.isPending}
            onClick={() => act.mutate("cancel")}
          >
            {t("Cancel")}
          </button>
        )}
        {canEdit && isRetryable && (
          <button
            type="button"
            className="button"
            disabled={act.isPending}
            onClick={() => act.mutate("retry")}
          >
            {t("Try again")}
          </button>
        )}
        <button
          type="button"
          className="button quiet"
          aria-expanded={hasHistory}
          onClick={() => setHistory(!hasHistory)}
        >
          {t("History")}
        </button>
      </div>
      <ProblemLine problem={act.error?.message ?? null} />
      {hasHistory && <JobHistory jobId={job.id} status={shown.status} />}
    </li>
  );
}

function chipOf(job: Job): string {
  if (job.status === "failed") return "failed";
  return job.status === "succeeded" ? "ready" : "pending";
}

function MadeLink({ job }: { job: Job }) {
  const { slug } = useWorkspace();
  const collection = COLLECTION_OF_JOB[job.kind];
  const made = madeBy(job);
  if (made === null || collection === undefined) return null;
  return (
    <Link className="button" to={`/courses/${slug}/${collection}/${made}`}>
      {t("Open the {one}", { one: KINDS[collection].one })}
    </Link>
  );
}
