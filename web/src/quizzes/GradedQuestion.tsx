import { type ReactNode } from "react";

import { Prose, ProseLine } from "../content/Prose";
import type { Answer } from "./answers";
import type { Grade } from "./attempts";
import { t } from "../words/words";
import { KeyShown } from "./KeyShown";
import { points, verdictOf } from "./points";
import type { AskedQuestion, Question } from "./questions";

const SIGNS = { right: "✓", "partly right": "◐", "not right": "✗" } as const;
const VERDICTS = {
  right: t("right"),
  "partly right": t("partly right"),
  "not right": t("not right"),
} as const;

interface Props {
  number: number;
  question: AskedQuestion | undefined;
  grade: Grade;
  answer: Answer | undefined;
  /** What its reader may do about the grade. */
  children?: ReactNode;
}

/** One answer with its grade: what was wrong and why, and the key where it may be seen. */
export function GradedQuestion({ number, question, grade, answer, children }: Props) {
  const verdict = verdictOf(grade.score, grade.maximum);
  const key = grade.key as unknown as Question | null;
  const asked = question ?? (key as AskedQuestion | null);
  return (
    <section className={`question-card graded ${verdict.replace(" ", "-")}`}>
      <h2>
        {t("Question {number}", { number })}
        <span className="verdict">
          <span aria-hidden="true">{SIGNS[verdict]}</span> {VERDICTS[verdict]}
        </span>
        <span className="fine-print">{points(grade.score, grade.maximum)}</span>
      </h2>
      {asked !== null && <Prose text={asked.stem.replace(/\{\{[^}]*\}\}/g, "____")} />}
      {asked !== null && <GivenAnswer question={asked} answer={answer} />}
      {[...new Set(grade.feedback)].map((line) => (
        <div key={line} className="feedback">
          <Prose text={line} />
        </div>
      ))}
      {grade.misconceptions?.map((line) => (
        <p key={line} className="fine-print">
          {t("Misconception: {line}", { line })}
        </p>
      ))}
      {verdict !== "right" && key !== null && <KeyShown question={key} />}
      {grade.explanation != null && grade.explanation !== "" && (
        <div className="explanation">
          <Prose text={grade.explanation} />
        </div>
      )}
      {!grade.is_certain && (
        <p className="notice">{t("This grade is not certain; a teacher will look at it.")}</p>
      )}
      {grade.verdict != null && (
        <p className="fine-print">
          {t("The chat model {judge} found {made} of {all} key points in this answer.", {
            judge: grade.verdict.judge,
            made: grade.verdict.findings.filter((finding) => finding.is_made).length,
            all: grade.verdict.findings.length,
          })}
        </p>
      )}
      {grade.reason !== "" && (
        <p className="fine-print">{t("Set anew: {reason}", { reason: grade.reason })}</p>
      )}
      {children}
    </section>
  );
}

function GivenAnswer({
  question,
  answer,
}: {
  question: AskedQuestion;
  answer: Answer | undefined;
}) {
  const lines = answer === undefined ? [] : linesOf(question, answer);
  return (
    <div className="given">
      <p className="fine-print">{t("Your answer")}</p>
      {lines.length === 0 && <p>{t("Nothing was answered.")}</p>}
      <ul>
        {lines.map((line) => (
          <li key={line}>
            {/* What somebody typed stands as typed. */}
            {answer?.kind === "written" || answer?.kind === "gaps" ? (
              line
            ) : (
              <ProseLine text={line} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** An answer in the words that its learner saw. */
function linesOf(question: AskedQuestion, answer: Answer): string[] {
  switch (answer.kind) {
    case "choice":
      return answer.chosen.map(
        (id) => question.choices?.find((choice) => choice.id === id)?.text ?? id,
      );
    case "written":
      return [answer.text];
    case "gaps":
      return Object.values(answer.gaps);
    case "order":
      return answer.items.map((item, n) => `${n + 1}\\. ${item}`);
    case "matches":
      return Object.entries(answer.matches).map(([left, right]) => `${left}: ${right}`);
  }
}
