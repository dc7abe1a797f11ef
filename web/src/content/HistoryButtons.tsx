import { useMutation } from "@tanstack/react-query";

import { api, body } from "../api/client";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import type { Collection } from "./collections";
import { type ContentState, useContentChange } from "./useContent";

interface Props {
  collection: Collection;
  state: ContentState;
}

/** Goes back to the version before the one worked on, and forth again. */
export function HistoryButtons({ collection, state }: Props) {
  const take = useContentChange(collection);
  const path = { collection, content_id: state.id };
  const move = useMutation({
    mutationFn: (way: "undo" | "redo") =>
      body(
        way === "undo"
          ? api.POST("/api/v1/{collection}/{content_id}/undo", { params: { path } })
          : api.POST("/api/v1/{collection}/{content_id}/redo", { params: { path } }),
      ),
    onSuccess: take,
  });
  if (!state.can_undo && !state.can_redo && !move.isError) return null;
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={!state.can_undo || move.isPending}
        onClick={() => move.mutate("undo")}
      >
        {t("Undo")}
      </button>
      <button
        type="button"
        className="button"
        disabled={!state.can_redo || move.isPending}
        onClick={() => move.mutate("redo")}
      >
        {t("Redo")}
      </button>
      <ProblemLine problem={move.error?.message ?? null} />
    </>
  );
}
