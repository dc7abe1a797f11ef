import { useInfiniteQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import type { Course } from "../course/useCourse";
import { counted, percent } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { ConceptList } from "./ConceptList";
import { LEVEL_WORDS } from "./levels";

type Learner = components["schemas"]["LearnerProgressRead"];
type ConceptMean = components["schemas"]["ConceptMeanRead"];

/** What the learners of a course know: each by name, and all together where they are enough. */
export function CourseProgress({ course }: { course: Course }) {
  const progress = useInfiniteQuery({
    queryKey: ["course-progress", course.id],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/courses/{course}/progress", {
          params: {
            path: { course: course.id },
            query: { size: 50, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const learners = progress.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <section className="panel" aria-labelledby="learners-heading">
        <h2 id="learners-heading">{t("Learners")}</h2>
        <p className="fine-print">{t("Learners see what you see of them here.")}</p>
        {progress.isPending && <Loading what={t("the learners")} />}
        {progress.isError && (
          <Problem error={progress.error} onRetry={() => void progress.refetch()} />
        )}
        {progress.isSuccess && learners.length === 0 && (
          <p className="empty-state">{t("Nobody learns in this course yet.")}</p>
        )}
        <ul className="plain-rows">
          {learners.map((learner) => (
            <LearnerRow key={learner.learner_id} learner={learner} />
          ))}
        </ul>
        {progress.hasNextPage && (
          <button
            type="button"
            className="button"
            disabled={progress.isFetchingNextPage}
            onClick={() => void progress.fetchNextPage()}
          >
            {t("Show more")}
          </button>
        )}
      </section>
      <Means means={progress.data?.pages[0]?.concepts ?? []} />
      <ConceptList course={course} />
    </>
  );
}

function LearnerRow({ learner }: { learner: Learner }) {
  const total = learner.concepts.length;
  return (
    <li className="wrapping">
      <details className="row-text more">
        <summary>
          {learner.display_name}
          <span className="fine-print">
            {" "}
            {total === 0
              ? t("no answers yet")
              : t("{mastered} of {total} mastered", {
                  mastered: learner.mastered,
                  total: counted(total, t("concept"), t("concepts")),
                })}
          </span>
        </summary>
        <p className="fine-print">{learner.email}</p>
        <ul className="concept-levels">
          {learner.concepts.map((concept) => (
            <li key={concept.concept_id}>
              <span>{concept.concept}</span>
              <span className={`chip level ${concept.level}`}>
                {LEVEL_WORDS[concept.level]}, {percent(concept.probability)}
              </span>
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

function Means({ means }: { means: readonly ConceptMean[] }) {
  if (means.length === 0) return null;
  const shown = means.filter((mean) => mean.mean_probability !== null);
  return (
    <section className="panel" aria-labelledby="means-heading">
      <h2 id="means-heading">{t("All together")}</h2>
      {shown.length === 0 && (
        <p>{t("Means are shown from five learners on, so that nobody can be made out in them.")}</p>
      )}
      <ul className="concept-levels">
        {shown.map((mean) => (
          <li key={mean.concept_id}>
            <span>{mean.concept}</span>
            <meter
              min={0}
              max={1}
              value={mean.mean_probability ?? 0}
              aria-label={t("{concept}, mean of {learners} learners", {
                concept: mean.concept,
                learners: mean.learners ?? 0,
              })}
            />
            <span className="fine-print">
              {percent(mean.mean_probability ?? 0)},{" "}
              {counted(mean.learners ?? 0, t("learner"), t("learners"))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
