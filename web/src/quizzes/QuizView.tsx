import { useState } from "react";

import { useOpenedContent } from "../content/ContentPage";
import { day, moment } from "../shell/formats";
import { t } from "../words/words";
import type { Answer } from "./answers";
import { AppealForm } from "./AppealForm";
import { type Attempt, readAttempt, type Rules, useAttempts, useRules } from "./attempts";
import { GradedQuestion } from "./GradedQuestion";
import { points } from "./points";
import { asked, type AskedQuiz, type Quiz } from "./questions";
import { QuizTaking } from "./QuizTaking";

/** A quiz as who learns meets it: to take, and then what came of it. */
export function QuizView() {
  const { state } = useOpenedContent();
  const quiz = asked(state.content as unknown as AskedQuiz | Quiz);
  const rules = useRules(state.id);
  const withdrawn = new Set(rules.data?.withdrawn_questions);
  const counting = { ...quiz, questions: quiz.questions.filter(({ id }) => !withdrawn.has(id)) };
  const [attempt, setAttempt] = useState<Attempt | null>(null);
  const version = state.published_version ?? state.version;
  if (attempt !== null) {
    return <AttemptResult attempt={attempt} quiz={quiz} onAgain={() => setAttempt(null)} />;
  }
  return (
    <>
      <Standing quizId={state.id} rules={rules.data} onOpen={setAttempt} />
      <QuizTaking
        quizId={state.id}
        version={version}
        quiz={counting}
        onHandedIn={(done) => {
          setAttempt(done);
          scrollTo({ top: 0 });
        }}
      />
    </>
  );
}

interface StandingProps {
  quizId: string;
  rules: Rules | undefined;
  onOpen: (attempt: Attempt) => void;
}

/** The rules one takes it by, and the attempts one has made. */
function Standing({ quizId, rules, onOpen }: StandingProps) {
  const attempts = useAttempts(quizId);
  const found = attempts.data?.items ?? [];
  const lines = rules === undefined ? [] : ruleLines(rules, found.length);
  if (lines.length === 0 && found.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="standing-heading">
      <h2 id="standing-heading">{t("Where you stand")}</h2>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <ul className="plain-rows">
        {found.map((attempt) => (
          <li key={attempt.id}>
            <div className="row-text">
              <p className="row-title">
                {t("Attempt {number}: {score}", {
                  number: attempt.number,
                  score: points(attempt.score, attempt.maximum),
                })}
                {attempt.is_late && <span className="chip state pending">{t("late")}</span>}
              </p>
              <p className="fine-print">{moment(attempt.submitted_at)}</p>
            </div>
            <button
              type="button"
              className="button"
              onClick={() => void readAttempt(attempt.id).then(onOpen, () => attempts.refetch())}
            >
              {t("Look at it")}
              <span className="visually-hidden">
                {t(": attempt {number}", { number: attempt.number })}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ruleLines(rules: Rules, used: number): string[] {
  const lines = [];
  if (rules.opens_at != null && new Date(rules.opens_at) > new Date()) {
    lines.push(t("It opens {opensAt}.", { opensAt: moment(rules.opens_at) }));
  }
  if (rules.due_at != null) {
    const after =
      rules.late_policy === "refuse" ? t("nothing is taken after it") : t("later is marked late");
    lines.push(t("To be handed in by {dueAt}; {after}.", { dueAt: moment(rules.due_at), after }));
  }
  if (rules.max_attempts != null) {
    lines.push(
      t("You have used {used} of {maxAttempts} attempts.", {
        used,
        maxAttempts: rules.max_attempts,
      }),
    );
  }
  return lines;
}

interface ResultProps {
  attempt: Attempt;
  quiz: AskedQuiz;
  onAgain: () => void;
}

function AttemptResult({ attempt, quiz, onAgain }: ResultProps) {
  const answers = attempt.answers as Record<string, Answer>;
  return (
    <div className="quiz">
      <section className="panel result" aria-labelledby="result-heading">
        <h2 id="result-heading">{points(attempt.score, attempt.maximum)}</h2>
        <meter
          min={0}
          max={attempt.maximum}
          value={attempt.score}
          aria-label={t("Score: {score}", { score: points(attempt.score, attempt.maximum) })}
        />
        <p className="fine-print">
          {t("Attempt {number}, {submittedAt}", {
            number: attempt.number,
            submittedAt: day(attempt.submitted_at),
          })}
          {attempt.is_late && t(", late")}
        </p>
        <button type="button" className="button primary" onClick={onAgain}>
          {t("Try again")}
        </button>
      </section>
      {attempt.grades.map((grade, n) => (
        <GradedQuestion
          key={grade.question_id}
          number={n + 1}
          question={quiz.questions.find((question) => question.id === grade.question_id)}
          grade={grade}
          answer={answers[grade.question_id]}
        >
          <AppealForm attempt={attempt} grade={grade} />
        </GradedQuestion>
      ))}
    </div>
  );
}
