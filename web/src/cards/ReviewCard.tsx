import { useMutation } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Prose } from "../content/Prose";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { type Recall, RECALLS } from "./recall";

type DueCard = components["schemas"]["DueCardRead"];

export interface ReviewedCard {
  id: string;
  dueAt: string;
}

interface Props {
  card: DueCard;
  onReviewed: (reviewed: ReviewedCard) => void;
}

/** One card: its front, then its back and how well it was remembered; keys 1 to 4 answer. */
export function ReviewCard({ card, onReviewed }: Props) {
  const [isTurned, setTurned] = useState(false);
  // A review counts once, however often it has to be sent.
  const key = useRef(crypto.randomUUID());
  const review = useMutation({
    mutationFn: (recall: Recall) =>
      body(
        api.POST("/api/v1/cards/{card_id}/reviews", {
          params: { path: { card_id: card.id }, header: { "idempotency-key": key.current } },
          body: { recall },
        }),
      ),
    onSuccess: ({ memory }) => onReviewed({ id: card.id, dueAt: memory.due_at }),
  });
  const { mutate, isPending } = review;
  const answer = useCallback(
    (recall: Recall) => {
      if (!isPending) mutate(recall);
    },
    [mutate, isPending],
  );
  useKeys(isTurned, () => setTurned(true), answer);
  return (
    <div className="review-card">
      <p className="fine-print">{card.deck_title}</p>
      <div className="card-face">
        <Prose text={card.front} />
      </div>
      {!isTurned && (
        <div className="form-actions">
          <button type="button" className="button primary" onClick={() => setTurned(true)}>
            {t("Show the answer")}
          </button>
          <span className="fine-print keys">{t("Space")}</span>
        </div>
      )}
      {isTurned && (
        <>
          <div className="card-face back" role="region" aria-label={t("Answer")}>
            <Prose text={card.back} />
          </div>
          <fieldset className="recalls">
            <legend>{t("How well did you remember it?")}</legend>
            {RECALLS.map(([recall, words], n) => (
              <button
                key={recall}
                type="button"
                className="button"
                aria-disabled={isPending}
                aria-keyshortcuts={String(n + 1)}
                onClick={() => answer(recall)}
              >
                {words}
                <kbd aria-hidden="true">{n + 1}</kbd>
              </button>
            ))}
          </fieldset>
        </>
      )}
      <ProblemLine problem={review.error?.message ?? null} />
    </div>
  );
}

/** Space turns the card, 1 to 4 say how well it was remembered; not while one types. */
function useKeys(isTurned: boolean, turn: () => void, answer: (recall: Recall) => void) {
  const act = useRef<((event: KeyboardEvent) => void) | null>(null);
  useEffect(() => {
    act.current = (event) => {
      const target = event.target as Element | null;
      const isTaken = target?.closest("input, textarea, select, button, a, summary, dialog");
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (!isTurned && event.key === " " && !isTaken) {
        event.preventDefault();
        turn();
      }
      const recall = RECALLS[Number(event.key) - 1]?.[0];
      const isTyping = target?.closest("input, textarea, select");
      if (isTurned && recall !== undefined && !isTyping) answer(recall);
    };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => act.current?.(event);
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
