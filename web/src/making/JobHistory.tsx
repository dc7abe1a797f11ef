import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { Job } from "../materials/jobEvents";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { stageWords } from "./jobWords";

/** What has happened to a job, step by step. */
export function JobHistory({ jobId, status }: { jobId: string; status: Job["status"] }) {
  const job = useQuery({
    queryKey: ["job", jobId, status],
    queryFn: () => body(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: jobId } } })),
  });
  if (job.isError) return <Problem error={job.error} onRetry={() => void job.refetch()} />;
  if (job.data === undefined) return <Loading what={t("the history")} rows={1} />;
  return (
    <ol className="job-history">
      {job.data.history.map((step) => (
        <li key={`${step.created_at}-${step.stage}`}>
          <span>{stageWords(step.stage)}</span>{" "}
          <span className="fine-print">
            {moment(step.created_at)}
            {step.detail != null && `, ${step.detail}`}
          </span>
        </li>
      ))}
    </ol>
  );
}
