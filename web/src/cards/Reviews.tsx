import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { counted } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { comesAgain } from "./recall";
import { ReviewCard, type ReviewedCard } from "./ReviewCard";

/** The cards of a course that are due, one at a time. */
export function Reviews({ course }: { course: string }) {
  const due = useQuery({
    queryKey: ["due-cards", course],
    queryFn: () => body(api.GET("/api/v1/cards/due", { params: { query: { course } } })),
  });
  const queries = useQueryClient();
  const [last, setLast] = useState<ReviewedCard | null>(null);
  const card = due.data?.items[0];

  function onReviewed(reviewed: ReviewedCard) {
    setLast(reviewed);
    // The next one is shown at once; what is due is read again behind it.
    queries.setQueryData<typeof due.data>(["due-cards", course], (known) => {
      if (known === undefined) return known;
      const seen = known.items[0];
      const isNew = seen?.memory == null;
      return {
        items: known.items.slice(1),
        due_count: Math.max(0, known.due_count - (isNew ? 0 : 1)),
        new_count: Math.max(0, known.new_count - (isNew ? 1 : 0)),
      };
    });
    if ((due.data?.items.length ?? 0) <= 1) void due.refetch();
    void queries.invalidateQueries({ queryKey: ["own-progress"] });
  }

  return (
    <section className="panel reviews" aria-labelledby="reviews-heading">
      <header className="view-head">
        <h2 id="reviews-heading">{t("To review")}</h2>
        {due.data !== undefined && (
          <p className="fine-print">
            {t("{dueCount} due, {newCount} new", {
              dueCount: due.data.due_count,
              newCount: due.data.new_count,
            })}
          </p>
        )}
      </header>
      {due.isPending && <Loading what={t("the cards")} rows={1} />}
      {due.isError && <Problem error={due.error} onRetry={() => void due.refetch()} />}
      {due.isSuccess && card === undefined && (
        <p className="empty-state">
          {t("Nothing is due.")}{" "}
          {due.data.new_count > 0
            ? t("{newCount} for another day.", {
                newCount: counted(due.data.new_count, t("card waits"), t("cards wait")),
              })
            : t("Cards come back here just before you would forget them.")}
        </p>
      )}
      {card !== undefined && <ReviewCard key={card.id} card={card} onReviewed={onReviewed} />}
      <p role="status" className="fine-print">
        {last !== null &&
          t("The card before comes again {dueAt}.", { dueAt: comesAgain(last.dueAt, new Date()) })}
      </p>
    </section>
  );
}
