import { useState } from "react";

import { useOpenedContent } from "../content/ContentPage";
import { Prose, ProseLine } from "../content/Prose";
import { qualityOf } from "../content/quality";
import { SourceList } from "../content/SourceList";
import { t } from "../words/words";
import { KeyShown } from "./KeyShown";
import { worth } from "./points";
import { KIND_WORDS, type Question, type Quiz } from "./questions";
import { QuizView } from "./QuizView";

/** A quiz as who teaches sees it: questions with keys, feedback, sources and findings. */
export function QuestionList() {
  const { state, canReview } = useOpenedContent();
  const [isTaking, setTaking] = useState(false);
  if (!canReview) return <QuizView />;
  const quiz = state.content as unknown as Quiz;
  return (
    <>
      {state.published_version !== null && (
        <button type="button" className="button" onClick={() => setTaking(!isTaking)}>
          {isTaking ? t("Back to the questions") : t("Take it as a learner does")}
        </button>
      )}
      {isTaking ? (
        <QuizView />
      ) : (
        <div className="quiz">
          {quiz.introduction !== "" && <Prose text={quiz.introduction} />}
          {quiz.questions.map((question, n) => (
            <QuestionWithKey key={question.id} question={question} number={n + 1} />
          ))}
        </div>
      )}
    </>
  );
}

function QuestionWithKey({ question, number }: { question: Question; number: number }) {
  const { state } = useOpenedContent();
  const findings = qualityOf(state.quality ?? null)?.findings ?? [];
  return (
    <section className="question-card">
      <h2>
        {t("Question {number}", { number })}
        <span className="chip">{KIND_WORDS[question.kind]}</span>
        <span className="fine-print">
          {worth(question.points)}, {question.difficulty}
        </span>
      </h2>
      <Prose text={question.stem.replace(/\{\{[^}]*\}\}/g, "____")} />
      {"choices" in question ? (
        <ul className="choices-with-key">
          {question.choices.map((choice) => (
            <li key={choice.id} className={choice.is_right ? "right" : undefined}>
              <span aria-hidden="true">{choice.is_right ? "✓" : "✗"}</span>
              <div>
                <span className="visually-hidden">
                  {choice.is_right ? t("Right: ") : t("Wrong: ")}
                </span>
                <ProseLine text={choice.text} />
                {choice.reason !== "" && <p className="fine-print">{choice.reason}</p>}
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <KeyShown question={question} />
      )}
      {question.explanation !== "" && (
        <div className="explanation">
          <Prose text={question.explanation} />
        </div>
      )}
      {findings
        .filter((finding) => finding.item === question.id)
        .map((finding) => (
          <p key={finding.detail} className={finding.isFailing ? "reason" : "notice"}>
            {finding.detail}
          </p>
        ))}
      {state.stale_parts.includes(question.id) && (
        <p className="notice">{t("A document that this question cites has changed.")}</p>
      )}
      <SourceList sources={question.sources} />
    </section>
  );
}
