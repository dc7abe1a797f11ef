import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { day } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { DOUBT_WORDS } from "./doubts";
import { NextSteps } from "./NextSteps";
import type { Steps } from "./steps";

type Doubtful = components["schemas"]["DoubtfulAnswerRead"];
type Choice = Doubtful["doubt"] | "all";

const CHOICES: readonly (readonly [Choice, string])[] = [
  ["all", t("All")],
  ["unanswered", DOUBT_WORDS.unanswered],
  ["low_support", DOUBT_WORDS.low_support],
  ["failed", DOUBT_WORDS.failed],
];

interface Props extends Steps {
  courseId: string;
  canEdit: boolean;
}

/** Answers that found nothing, broke off or have little support, and what may be done. */
export function DoubtfulAnswers({ courseId, canEdit, ...steps }: Props) {
  const [choice, setChoice] = useState<Choice>("all");
  const answers = useInfiniteQuery({
    queryKey: ["doubtful", courseId, choice],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/courses/{course}/insights/doubtful", {
          params: {
            path: { course: courseId },
            query: {
              size: 20,
              ...(choice === "all" ? {} : { doubt: choice }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const found = answers.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="panel" aria-labelledby="doubtful-heading">
      <header className="view-head">
        <h2 id="doubtful-heading">{t("Without a good answer")}</h2>
        <SelectField
          label={t("Why")}
          isLabelHidden
          options={CHOICES}
          value={choice}
          onChange={setChoice}
        />
      </header>
      {answers.isPending && <Loading what={t("the questions")} />}
      {answers.isError && (
        <Problem error={answers.error} onRetry={() => void answers.refetch()} />
      )}
      {answers.isSuccess && found.length === 0 && (
        <p className="empty-state">{t("No question waits for you.")}</p>
      )}
      <ul className="plain-rows">
        {found.map((answer) => (
          <DoubtfulRow
            key={answer.message_id}
            courseId={courseId}
            answer={answer}
            canEdit={canEdit}
            {...steps}
          />
        ))}
      </ul>
      {answers.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={answers.isFetchingNextPage}
          onClick={() => void answers.fetchNextPage()}
        >
          {t("Show more")}
        </button>
      )}
    </section>
  );
}

interface RowProps extends Props {
  answer: Doubtful;
}

function DoubtfulRow({ courseId, answer, canEdit, ...steps }: RowProps) {
  const settle = useSettling(courseId, answer.message_id);
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          {answer.question}
          <span className="chip state pending">{DOUBT_WORDS[answer.doubt]}</span>
        </p>
        <details className="more">
          <summary>{t("What was answered")}</summary>
          <p className="said">{answer.answer === "" ? t("Nothing.") : answer.answer}</p>
        </details>
        <p className="fine-print">{day(answer.completed_at)}</p>
        <ProblemLine problem={settle.error?.message ?? null} />
      </div>
      {canEdit && (
        <div className="row-actions">
          <NextSteps {...steps} question={answer.question} messageId={answer.message_id} />
          <button
            type="button"
            className="button quiet"
            disabled={settle.isPending}
            onClick={() => settle.mutate()}
          >
            {t("Done")}
            <span className="visually-hidden">: {answer.question}</span>
          </button>
        </div>
      )}
    </li>
  );
}

function useSettling(courseId: string, messageId: string) {
  const queries = useQueryClient();
  const notify = useNotify();
  const params = { path: { course: courseId, message_id: messageId } };
  const path = "/api/v1/courses/{course}/insights/doubtful/{message_id}/settled";
  const refresh = () => queries.invalidateQueries({ queryKey: ["doubtful", courseId] });
  return useMutation({
    mutationFn: () => api.PUT(path, { params }),
    onSuccess: () => {
      void refresh();
      notify(t("It is off the list."), async () => {
        await api.DELETE(path, { params });
        await refresh();
      });
    },
  });
}
