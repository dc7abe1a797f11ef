import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { useSubmit } from "../session/useSubmit";
import { ProblemLine } from "../shell/ProblemLine";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import type { Attempt, Grade } from "./attempts";

type Appeal = components["schemas"]["AppealRead"];

const STATUS: Readonly<Record<Appeal["status"], string>> = {
  open: t("You have objected; a teacher will look at it."),
  accepted: t("Your objection was accepted."),
  rejected: t("Your objection was looked at, and the grade stays."),
};

/** Objects to a grade, once at a time; says what became of it. */
export function AppealForm({ attempt, grade }: { attempt: Attempt; grade: Grade }) {
  const known = attempt.appeals.filter((appeal) => appeal.question_id === grade.question_id);
  const [sent, setSent] = useState<Appeal | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [message, setMessage] = useState("");
  const { isBusy, problem, submit } = useSubmit(async () => {
    const appeal = await body(
      api.POST("/api/v1/attempts/{attempt_id}/appeals", {
        params: { path: { attempt_id: attempt.id } },
        body: { question_id: grade.question_id, message: message.trim() },
      }),
    );
    setSent(appeal);
  });
  const latest = sent ?? known.at(-1);
  if (latest !== undefined) {
    return (
      <p className="fine-print" role="status">
        {STATUS[latest.status]} {latest.reply}
      </p>
    );
  }
  if (grade.score >= grade.maximum) return null;
  if (!isOpen) {
    return (
      <button type="button" className="button quiet" onClick={() => setOpen(true)}>
        {t("I think my answer is right")}
      </button>
    );
  }
  return (
    <form className="form" onSubmit={submit}>
      <TextField
        label={t("Why your answer is right")}
        required
        rows={2}
        maxLength={2_000}
        value={message}
        onChange={setMessage}
      />
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button" disabled={isBusy || message.trim() === ""}>
          {t("Ask a teacher to look")}
        </button>
        <button type="button" className="button quiet" onClick={() => setOpen(false)}>
          {t("Leave it")}
        </button>
      </div>
    </form>
  );
}
