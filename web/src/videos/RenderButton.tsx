import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { JobProgress } from "../making/JobProgress";
import { useJob } from "../making/useJob";
import type { Job } from "../materials/jobEvents";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";

/** Has the scenes rendered as they are now; only those that have changed take their time. */
export function RenderButton({ videoId }: { videoId: string }) {
  const [started, setStarted] = useState<Job | null>(null);
  const render = useMutation({
    mutationFn: () =>
      body(
        api.POST("/api/v1/{collection}/{content_id}/render", {
          params: { path: { collection: "videos", content_id: videoId } },
        }),
      ),
    onSuccess: setStarted,
  });
  if (started !== null) return <Rendering job={started} videoId={videoId} />;
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={render.isPending}
        onClick={() => render.mutate()}
      >
        {t("Render the video")}
      </button>
      <ProblemLine problem={render.error?.message ?? null} />
    </>
  );
}

function Rendering({ job, videoId }: { job: Job; videoId: string }) {
  const queries = useQueryClient();
  const watched = useJob(job, () => {
    void queries.invalidateQueries({ queryKey: ["assets", videoId] });
  });
  return <JobProgress job={watched} />;
}
