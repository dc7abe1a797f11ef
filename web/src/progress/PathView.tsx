import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, body } from "../api/client";
import { counted, percent } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { CertificateView } from "./CertificateView";
import { type CoursePath, type PathItem, placeOf, WHY } from "./pathWords";

const KINDS = { lesson: t("Lesson"), video: t("Video"), quiz: t("Quiz") } as const;

/** One's way through a course: what comes next and why, what is done, and the certificate. */
export function PathView({ courseId, slug }: { courseId: string; slug: string }) {
  const path = useQuery({
    queryKey: ["path", courseId],
    queryFn: () =>
      body(api.GET("/api/v1/courses/{course}/path", { params: { path: { course: courseId } } })),
  });
  if (path.isError) return <Problem error={path.error} onRetry={() => void path.refetch()} />;
  if (path.data === undefined) return <Loading what={t("your path")} />;
  const isEmpty = path.data.items.length === 0;
  const hasNext = !isEmpty || path.data.next.why !== "all_done";
  return (
    <>
      {hasNext && (
        <section className="panel" aria-labelledby="next-heading">
          <h2 id="next-heading">{t("Next")}</h2>
          <Next path={path.data} slug={slug} />
        </section>
      )}
      <section className="panel" aria-labelledby="path-heading">
        <h2 id="path-heading">{t("Your path")}</h2>
        {isEmpty ? (
          <p className="empty-state">
            {t("There is nothing to read or take here yet.")}{" "}
            <Link to={`/courses/${slug}`}>{t("Ask the tutor meanwhile.")}</Link>
          </p>
        ) : (
          <>
            <p className="fine-print">
              {t("{done} of {items} done", { done: path.data.done, items: path.data.items.length })}
            </p>
            <meter
              min={0}
              max={path.data.items.length}
              value={path.data.done}
              aria-label={t("Done of the path")}
            />
            <ol className="plain-rows">
              {path.data.items.map((item) => (
                <Step key={item.id} item={item} slug={slug} />
              ))}
            </ol>
          </>
        )}
      </section>
      {path.data.certificate !== null && (
        <CertificateView courseId={courseId} standing={path.data.certificate} />
      )}
    </>
  );
}

function Next({ path, slug }: { path: CoursePath; slug: string }) {
  const { item, why } = path.next;
  return (
    <>
      {item !== null && (
        <p className="row-title">
          <Link to={placeOf(slug, item)}>{item.title}</Link>
        </p>
      )}
      {why === "due" && (
        <p className="row-title">
          <Link to={`/courses/${slug}/cards`}>
            {counted(path.due_cards, t("card to review"), t("cards to review"))}
          </Link>
        </p>
      )}
      <p>{WHY[why]}</p>
    </>
  );
}

function Step({ item, slug }: { item: PathItem; slug: string }) {
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          <Link to={placeOf(slug, item)}>{item.title}</Link>
        </p>
        <p className="fine-print">{KINDS[item.kind]}</p>
      </div>
      <span className={item.is_done ? "chip level mastered" : "chip"}>{stateOf(item)}</span>
    </li>
  );
}

function stateOf(item: PathItem): string {
  if (item.kind === "quiz" && item.is_begun) {
    return t("best: {percent}", { percent: percent(item.share) });
  }
  if (item.is_done) return t("done");
  if (item.is_begun) return percent(item.share);
  return t("not begun");
}
