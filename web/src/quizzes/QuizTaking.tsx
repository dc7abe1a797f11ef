import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useRef } from "react";

import { api, body } from "../api/client";
import { Prose } from "../content/Prose";
import { useSubmit } from "../session/useSubmit";
import { ProblemLine } from "../shell/ProblemLine";
import { useDraft } from "../shell/useDraft";
import { t } from "../words/words";
import { type Answer, type Answers, countAnswered, given } from "./answers";
import type { Attempt } from "./attempts";
import { worth } from "./points";
import { QuestionInput } from "./QuestionInput";
import type { AskedQuestion, AskedQuiz } from "./questions";

interface Props {
  quizId: string;
  version: number;
  quiz: AskedQuiz;
  onHandedIn: (attempt: Attempt) => void;
}

/** A quiz to take; answers are kept through a reload until they are handed in. */
export function QuizTaking({ quizId, version, quiz, onHandedIn }: Props) {
  const [answers, setAnswers, forget] = useDraft<Answers>(`quiz-${quizId}-${version}`, {});
  const form = useRef<HTMLFormElement>(null);
  // One attempt, however often it has to be sent.
  const key = useRef(crypto.randomUUID());
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const attempt = await body(
      api.POST("/api/v1/quizzes/{quiz_id}/attempts", {
        params: { path: { quiz_id: quizId }, header: { "idempotency-key": key.current } },
        body: { answers: given(answers), version },
      }),
    );
    forget();
    void queries.invalidateQueries({ queryKey: ["attempts", quizId] });
    void queries.invalidateQueries({ queryKey: ["own-progress"] });
    onHandedIn(attempt);
  });
  const amount = countAnswered(quiz.questions, answers);

  function handInByKey(event: KeyboardEvent) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  }

  return (
    // Keys are heard wherever one is in the form; each control has its own besides.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      ref={form}
      className="quiz"
      onKeyDown={handInByKey}
      onSubmit={(event) => {
        submit(event);
      }}
    >
      {quiz.introduction !== "" && <Prose text={quiz.introduction} />}
      {quiz.questions.map((question, n) => (
        <QuestionCard
          key={question.id}
          question={question}
          number={n + 1}
          answer={answers[question.id]}
          onAnswer={(answer) => setAnswers({ ...answers, [question.id]: answer })}
        />
      ))}
      <div className="save-bar">
        <ProblemLine problem={problem} />
        <p role="status">
          {t("{amount} of {questions} answered", { amount, questions: quiz.questions.length })}
        </p>
        <button type="submit" className="button primary" disabled={isBusy || amount === 0}>
          {t("Hand in")}
        </button>
        <p className="fine-print keys">{t("Ctrl + Enter hands in, too.")}</p>
      </div>
    </form>
  );
}

interface CardProps {
  question: AskedQuestion;
  number: number;
  answer: Answer | undefined;
  onAnswer: (answer: Answer) => void;
}

function QuestionCard({ question, number, answer, onAnswer }: CardProps) {
  return (
    <fieldset className="question-card">
      <legend>
        {t("Question {number}", { number })}{" "}
        <span className="fine-print">{worth(question.points)}</span>
      </legend>
      {question.kind !== "cloze" && <Prose text={question.stem} />}
      <QuestionInput question={question} answer={answer} onAnswer={onAnswer} />
    </fieldset>
  );
}
