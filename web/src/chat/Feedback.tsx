import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";

import { api, body } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { components } from "../api/schema";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { REASON_WORDS, type Reason } from "./reasons";
import { Thumb } from "./Thumb";

type GivenFeedback = components["schemas"]["FeedbackPut"];
export type Feedback = Pick<
  components["schemas"]["FeedbackRead"],
  "rating" | "reasons" | "comment"
>;
const LONGEST_COMMENT = 2000;
interface Props {
  messageId: string;
  given: Feedback | null;
  onChange: () => void;
}

/** What the person thinks of an answer: thumbs up or down, and why. */
export function FeedbackRow({ messageId, given, onChange }: Props) {
  const [own, setOwn] = useState<Feedback | null>();
  const [isAskingWhy, setAskingWhy] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const isSaving = useRef(false);
  const down = useRef<HTMLButtonElement>(null);
  const current = own === undefined ? given : own;

  /** Whether the rating, or its taking back, was stored. */
  async function save(next: GivenFeedback | null): Promise<boolean> {
    if (isSaving.current) return false;
    isSaving.current = true;
    setProblem(null);
    const params = { path: { message_id: messageId } };
    const path = "/api/v1/messages/{message_id}/feedback";
    try {
      if (next === null) await api.DELETE(path, { params });
      setOwn(next === null ? null : await body(api.PUT(path, { params, body: next })));
      setSaid(next === null ? t("Your rating was taken back.") : t("Your rating was saved."));
      onChange();
      return true;
    } catch (error) {
      setSaid("");
      setProblem(error instanceof ApiProblem ? error.message : t("The rating was not saved."));
      return false;
    } finally {
      isSaving.current = false;
    }
  }

  async function rate(rating: Feedback["rating"]) {
    const isTakenBack = current?.rating === rating;
    if (await save(isTakenBack ? null : { rating, reasons: [] })) {
      setAskingWhy(rating === "down" && !isTakenBack);
    }
  }

  function close() {
    setAskingWhy(false);
    down.current?.focus();
  }

  return (
    <div className="feedback">
      <div role="group" aria-label={t("Was this answer helpful?")}>
        <button
          type="button"
          className="button quiet icon"
          aria-label={t("Helpful")}
          title={t("Helpful")}
          aria-pressed={current?.rating === "up"}
          onClick={() => void rate("up")}
        >
          <Thumb />
        </button>
        <button
          type="button"
          ref={down}
          className="button quiet icon"
          aria-label={t("Not helpful")}
          title={t("Not helpful")}
          aria-pressed={current?.rating === "down"}
          onClick={() => void rate("down")}
        >
          <Thumb isDown />
        </button>
      </div>
      <span className="visually-hidden" role="status">
        {said}
      </span>
      <ProblemLine problem={problem} />
      {isAskingWhy && (
        <ReasonsForm
          onSend={async (reasons, comment) => {
            if (await save({ rating: "down", reasons, comment })) close();
          }}
          onClose={close}
        />
      )}
    </div>
  );
}

interface FormProps {
  onSend: (reasons: Reason[], comment: string | null) => Promise<void>;
  onClose: () => void;
}

function ReasonsForm({ onSend, onClose }: FormProps) {
  const [reasons, setReasons] = useState<Reason[]>([]);
  const [comment, setComment] = useState("");
  const first = useRef<HTMLInputElement>(null);

  useEffect(() => first.current?.focus(), []);

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    void onSend(reasons, comment.trim() || null);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  }

  return (
    <form className="reasons" onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <fieldset>
        <legend>{t("What was not helpful?")}</legend>
        {(Object.keys(REASON_WORDS) as Reason[]).map((reason, index) => (
          <label key={reason}>
            <input
              type="checkbox"
              ref={index === 0 ? first : null}
              checked={reasons.includes(reason)}
              onChange={(event) =>
                setReasons(
                  event.target.checked
                    ? [...reasons, reason]
                    : reasons.filter((chosen) => chosen !== reason),
                )
              }
            />
            {REASON_WORDS[reason]}
          </label>
        ))}
      </fieldset>
      <label>
        {t("Comment (optional)")}
        <textarea
          rows={2}
          maxLength={LONGEST_COMMENT}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      </label>
      <p className="fine-print">{t("Those who teach the course read it without your name.")}</p>
      <p className="form-actions">
        <button type="submit" className="button primary">
          {t("Send")}
        </button>
        <button type="button" className="button quiet" onClick={onClose}>
          {t("Close")}
        </button>
      </p>
    </form>
  );
}
