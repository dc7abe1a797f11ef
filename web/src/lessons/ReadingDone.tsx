import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { api, body } from "../api/client";
import { t } from "../words/words";

const LONGEST_SECONDS = 3600;

/** The end of a lesson: the reader says that it is read, and how long it took is kept with it. */
export function ReadingDone({ lessonId, courseId }: { lessonId: string; courseId: string }) {
  const opened = useRef(Date.now());
  const queries = useQueryClient();
  const reading = useMutation({
    mutationFn: () => {
      const seconds = Math.round((Date.now() - opened.current) / 1000);
      opened.current = Date.now();
      return body(
        api.POST("/api/v1/lessons/{lesson_id}/readings", {
          params: { path: { lesson_id: lessonId } },
          body: { share: 1, seconds: Math.min(seconds, LONGEST_SECONDS) },
        }),
      );
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["path", courseId] }),
  });
  return (
    <p className="form-actions">
      <button
        type="button"
        className="button primary"
        disabled={reading.isPending || reading.isSuccess}
        onClick={() => reading.mutate()}
      >
        {reading.isSuccess ? t("Marked as read") : t("I have read this")}
      </button>
      {reading.isError && (
        <span role="alert" className="problem">
          {reading.error.message}
        </span>
      )}
    </p>
  );
}
