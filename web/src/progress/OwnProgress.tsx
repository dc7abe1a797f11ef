import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { counted } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { Sparkline } from "../shell/Sparkline";
import { t } from "../words/words";
import { HabitsView } from "./HabitsView";
import { type ConceptProgress, LEVEL_WORDS, sureness } from "./levels";
import { PathView } from "./PathView";

type ConceptHistory = components["schemas"]["ConceptHistoryRead"];

const KNOWS = 0.95;
const DOES_NOT_KNOW = 0.1;

/** What is believed of one's knowledge, concept by concept, and what to practise next. */
export function OwnProgress({ courseId, slug }: { courseId: string; slug: string }) {
  const progress = useQuery({
    queryKey: ["own-progress"],
    queryFn: () => body(api.GET("/api/v1/users/me/progress")),
  });
  const history = useQuery({
    queryKey: ["history", courseId],
    queryFn: () =>
      body(api.GET("/api/v1/courses/{course}/history", { params: { path: { course: courseId } } })),
  });
  if (progress.isError) {
    return <Problem error={progress.error} onRetry={() => void progress.refetch()} />;
  }
  if (progress.data === undefined) return <Loading what={t("your progress")} />;
  const own = progress.data.courses.find((course) => course.course_id === courseId);
  const concepts = own?.concepts ?? [];
  return (
    <>
      <PathView courseId={courseId} slug={slug} />
      <HabitsView />
      {(own?.next_concepts.length ?? 0) > 0 && (
        <section className="panel" aria-labelledby="practice-heading">
          <h2 id="practice-heading">{t("Practice")}</h2>
          <p>{t("Most worth practising now:")}</p>
          <ol className="next-concepts">
            {own?.next_concepts.slice(0, 3).map((next) => (
              <li key={next.concept_id}>
                <strong>{next.concept}</strong>
                {next.weak_prerequisites.length > 0 && (
                  <span className="fine-print">
                    {" "}
                    {t("before it: {weakPrerequisites}", {
                      weakPrerequisites: next.weak_prerequisites.join(", "),
                    })}
                  </span>
                )}
              </li>
            ))}
          </ol>
          <p>
            <Link to={`/courses/${slug}/quizzes`}>{t("Take a quiz")}</Link>
          </p>
        </section>
      )}
      <section className="panel" aria-labelledby="concepts-heading">
        <h2 id="concepts-heading">{t("What you know")}</h2>
        {concepts.length === 0 ? (
          <p className="empty-state">
            {t("Nothing is known of this yet. Take a quiz, and what you know shows here.")}
          </p>
        ) : (
          <>
            <p className="fine-print">
              {t(
                "{mastered} of {concepts} mastered. This is an estimate from your answers. If it is wrong, say so; later answers move on from there.",
                {
                  mastered: own?.mastered ?? 0,
                  concepts: counted(concepts.length, t("concept"), t("concepts")),
                },
              )}
            </p>
            <ul className="plain-rows">
              {concepts.map((concept) => (
                <OwnConcept
                  key={concept.concept_id}
                  courseId={courseId}
                  concept={concept}
                  history={history.data?.items.find(
                    (one) => one.concept_id === concept.concept_id,
                  )}
                />
              ))}
            </ul>
          </>
        )}
      </section>
    </>
  );
}

interface OwnConceptProps {
  courseId: string;
  concept: ConceptProgress;
  history: ConceptHistory | undefined;
}

function OwnConcept({ courseId, concept, history }: OwnConceptProps) {
  const queries = useQueryClient();
  const claim = useMutation({
    mutationFn: (probability: number) =>
      api.PUT("/api/v1/courses/{course}/concepts/{concept_id}/mastery", {
        params: { path: { course: courseId, concept_id: concept.concept_id } },
        body: { probability },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["own-progress"] }),
  });
  const isKnown = concept.level === "mastered";
  return (
    <li className="wrapping concept">
      <div className="row-text">
        <p className="row-title">
          {concept.concept}
          <span className={`chip level ${concept.level}`}>{LEVEL_WORDS[concept.level]}</span>
          <Sparkline values={(history?.points ?? []).map((point) => point.probability)} />
        </p>
        <meter
          min={0}
          max={1}
          value={concept.level === "unseen" ? 0 : concept.probability}
          aria-label={`${concept.concept}: ${LEVEL_WORDS[concept.level]}`}
        />
        <p>{concept.explanation}</p>
        <p className="fine-print">{sureness(concept)}</p>
        <ProblemLine problem={claim.error?.message ?? null} />
      </div>
      <button
        type="button"
        className="button quiet"
        disabled={claim.isPending}
        onClick={() => claim.mutate(isKnown ? DOES_NOT_KNOW : KNOWS)}
      >
        {isKnown ? t("I do not know this") : t("I know this")}
        <span className="visually-hidden">: {concept.concept}</span>
      </button>
    </li>
  );
}
