import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { useOpenedContent } from "../content/ContentPage";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { Dialog } from "../shell/Dialog";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import type { Answer } from "./answers";
import { AppealDecision } from "./AppealDecision";
import { type Attempt, type Grade, useAttempt } from "./attempts";
import { GradedQuestion } from "./GradedQuestion";
import { points } from "./points";

interface Props {
  attemptId: string;
  names: ReadonlyMap<string, string>;
  onClose: () => void;
}

/** An attempt of a learner, with the means to set its grades. */
export function AttemptReview({ attemptId, names, onClose }: Props) {
  const attempt = useAttempt(attemptId);
  const name = names.get(attempt.data?.learner_id ?? "") ?? t("a learner");
  return (
    <Dialog title={t("Attempt of {name}", { name })} onClose={onClose} isWide>
      {attempt.isPending && <Loading what={t("the attempt")} />}
      {attempt.isError && <Problem error={attempt.error} onRetry={() => void attempt.refetch()} />}
      {attempt.data !== undefined && (
        <>
          <p>{points(attempt.data.score, attempt.data.maximum)}</p>
          {attempt.data.grades.map((grade, n) => (
            <ReviewedQuestion
              key={grade.question_id}
              attempt={attempt.data}
              grade={grade}
              number={n + 1}
            />
          ))}
        </>
      )}
      <div className="form-actions">
        <button type="button" className="button primary" onClick={onClose}>
          {t("Close")}
        </button>
      </div>
    </Dialog>
  );
}

interface ReviewedProps {
  attempt: Attempt;
  grade: Grade;
  number: number;
}

function ReviewedQuestion({ attempt, grade, number }: ReviewedProps) {
  const { canEdit } = useOpenedContent();
  const answers = attempt.answers as Record<string, Answer>;
  const appeals = attempt.appeals.filter((appeal) => appeal.question_id === grade.question_id);
  return (
    <GradedQuestion
      number={number}
      question={undefined}
      grade={grade}
      answer={answers[grade.question_id]}
    >
      {appeals.map((appeal) => (
        <AppealDecision key={appeal.id} appeal={appeal} grade={grade} />
      ))}
      {canEdit && <GradeForm attempt={attempt} grade={grade} number={number} />}
    </GradedQuestion>
  );
}

function GradeForm({ attempt, grade, number }: ReviewedProps) {
  const [isOpen, setOpen] = useState(false);
  const [score, setScore] = useState(String(grade.score));
  const [reason, setReason] = useState("");
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const changed = await body(
      api.PUT("/api/v1/attempts/{attempt_id}/grades/{question_id}", {
        params: { path: { attempt_id: attempt.id, question_id: grade.question_id } },
        body: { score: Number(score), reason: reason.trim() },
      }),
    );
    queries.setQueryData(["attempt", attempt.id], changed);
    setOpen(false);
  });
  if (!isOpen) {
    return (
      <button type="button" className="button quiet" onClick={() => setOpen(true)}>
        {t("Set the score")}
        <span className="visually-hidden"> {t("of question {number}", { number })}</span>
      </button>
    );
  }
  return (
    <form className="line-form" onSubmit={submit}>
      <Field
        label={t("Score, of {maximum}", { maximum: grade.maximum })}
        type="number"
        min={0}
        max={grade.maximum}
        step="any"
        required
        value={score}
        onChange={setScore}
      />
      <Field
        label={t("Why")}
        hint={t("The learner reads it.")}
        required
        maxLength={2_000}
        value={reason}
        onChange={setReason}
      />
      <button type="submit" className="button" disabled={isBusy || reason.trim() === ""}>
        {t("Set it")}
      </button>
      <ProblemLine problem={problem} />
    </form>
  );
}
