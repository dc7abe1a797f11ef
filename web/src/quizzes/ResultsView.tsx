import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { useOpenedContent } from "../content/ContentPage";
import { useWorkspace } from "../course/CourseWorkspace";
import { counted, moment, percent } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { NothingHere } from "../shell/NothingHere";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { AttemptReview } from "./AttemptReview";
import { type AttemptSummary, useAttempts } from "./attempts";
import { points } from "./points";

/** How the learners of the course did in a quiz. */
export function ResultsView() {
  const { state, canReview } = useOpenedContent();
  const attempts = useAttempts(state.id);
  const [opened, setOpened] = useState<string | null>(null);
  const names = useNames();
  if (!canReview) return <NothingHere />;
  const found = attempts.data?.items ?? [];
  const total = attempts.data?.total ?? found.length;
  return (
    <section className="panel" aria-labelledby="results-heading">
      <h2 id="results-heading">{t("Results")}</h2>
      {attempts.isPending && <Loading what={t("the results")} />}
      {attempts.isError && (
        <Problem error={attempts.error} onRetry={() => void attempts.refetch()} />
      )}
      {attempts.isSuccess && found.length === 0 && (
        <p className="empty-state">{t("Nobody has taken this quiz yet.")}</p>
      )}
      {found.length > 0 && (
        <p>
          {t("{total}, {found} of the points on average", {
            total: counted(total, t("attempt"), t("attempts")),
            found: percent(meanShare(found)),
          })}
          {total > found.length && t(" over the newest {found}", { found: found.length })}.
        </p>
      )}
      <ul className="plain-rows">
        {found.map((attempt) => (
          <AttemptRow
            key={attempt.id}
            attempt={attempt}
            name={names.get(attempt.learner_id) ?? "Somebody who has left"}
            onOpen={() => setOpened(attempt.id)}
          />
        ))}
      </ul>
      {opened !== null && (
        <AttemptReview
          attemptId={opened}
          names={names}
          onClose={() => {
            setOpened(null);
            void attempts.refetch();
          }}
        />
      )}
    </section>
  );
}

function meanShare(attempts: readonly AttemptSummary[]): number {
  const shares = attempts.map(({ score, maximum }) => (maximum === 0 ? 0 : score / maximum));
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

interface RowProps {
  attempt: AttemptSummary;
  name: string;
  onOpen: () => void;
}

function AttemptRow({ attempt, name, onOpen }: RowProps) {
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          {name}
          {attempt.needs_review && <span className="chip state pending">{t("look at this")}</span>}
          {attempt.is_late && <span className="chip state pending">{t("late")}</span>}
        </p>
        <p className="fine-print">
          {t("Attempt {number}, {submittedAt}", {
            number: attempt.number,
            submittedAt: moment(attempt.submitted_at),
          })}
        </p>
      </div>
      <p>{points(attempt.score, attempt.maximum)}</p>
      <button type="button" className="button" onClick={onOpen}>
        {t("Open")}
        <span className="visually-hidden">
          {" "}
          {t("attempt {number} of {name}", { number: attempt.number, name })}
        </span>
      </button>
    </li>
  );
}

/** The names of the people of the course, by their ids. */
function useNames(): ReadonlyMap<string, string> {
  const { course } = useWorkspace();
  const people = useQuery({
    queryKey: ["names", course.id],
    queryFn: () =>
      body(
        api.GET("/api/v1/courses/{course}/enrollments", {
          params: { path: { course: course.id }, query: { size: 100 } },
        }),
      ),
  });
  return new Map(people.data?.items.map((person) => [person.user_id, person.display_name]));
}
