import "../styles/admin.css";
import "../styles/insights.css";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { download } from "../api/download";
import { ApiProblem } from "../api/problem";
import { useWorkspace } from "../course/CourseWorkspace";
import { useTitle } from "../session/session";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { CorrectionDialog, type Wanted } from "./CorrectionDialog";
import { CorrectionList } from "./CorrectionList";
import { DoubtfulAnswers } from "./DoubtfulAnswers";
import { MostAsked } from "./MostAsked";
import { OverviewFigures } from "./OverviewFigures";

const SPANS = [
  ["7", t("Last 7 days")],
  ["30", t("Last 30 days")],
  ["90", t("Last 90 days")],
] as const;
type Span = (typeof SPANS)[number][0];
const TABLES = [
  ["progress", t("Progress of learners")],
  ["most_asked", t("What was asked most")],
  ["doubtful", t("Without a good answer")],
  ["feedback", t("Ratings")],
] as const;

/** What a course was asked, how well it answered, and one step to make it better. */
export function InsightsPage() {
  const { course, slug } = useWorkspace();
  useTitle(t("{title}: insights", { title: course.title }));
  const [days, setDays] = useState<Span>("30");
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const canEdit = course.permissions.includes("edit");
  const overview = useQuery({
    queryKey: ["insights", course.id, days],
    queryFn: () =>
      body(
        api.GET("/api/v1/courses/{course}/insights", {
          params: { path: { course: course.id }, query: { days: Number(days) } },
        }),
      ),
  });
  const steps = { slug, onCorrect: canEdit ? setWanted : null };
  return (
    <>
      <h1>{t("Insights")}</h1>
      <div className="insight-bar">
        <SelectField label={t("Time")} options={SPANS} value={days} onChange={setDays} />
        <Exports courseId={course.id} days={days} />
      </div>
      <p className="fine-print">
        {t(
          "Figures of fewer than five learners are not shown, and no question names who asked it. Learners see which of their questions are shown here.",
        )}
      </p>
      {overview.isPending && <Loading what={t("the insights")} />}
      {overview.isError && (
        <Problem error={overview.error} onRetry={() => void overview.refetch()} />
      )}
      {overview.isSuccess && (
        <>
          <OverviewFigures overview={overview.data} />
          <MostAsked clusters={overview.data.most_asked} {...steps} />
        </>
      )}
      <DoubtfulAnswers courseId={course.id} canEdit={canEdit} {...steps} />
      <CorrectionList courseId={course.id} canEdit={canEdit} onChange={setWanted} />
      {wanted !== null && (
        <CorrectionDialog courseId={course.id} wanted={wanted} onClose={() => setWanted(null)} />
      )}
    </>
  );
}

function Exports({ courseId, days }: { courseId: string; days: Span }) {
  const notify = useNotify();
  async function save(table: string) {
    const path = `/api/v1/courses/${courseId}/insights/export?table=${table}&days=${days}`;
    try {
      await download(path, `${table}.csv`);
    } catch (error) {
      notify(error instanceof ApiProblem ? error.message : t("The table could not be saved."));
    }
  }
  return (
    <div role="group" aria-label={t("Save as CSV")} className="row-actions">
      <span className="fine-print">{t("Save as CSV")}</span>
      {TABLES.map(([table, words]) => (
        <button
          key={table}
          type="button"
          className="button"
          onClick={() => void save(table)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
