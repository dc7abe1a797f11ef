import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import { DOUBT_WORDS } from "../insights/doubts";
import { day } from "../shell/formats";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";

/** What those who teach see of one in a course: progress by name, some questions without it. */
export function ShownToTeachers({ courseId }: { courseId: string }) {
  const shown = useQuery({
    queryKey: ["shown-to-teachers"],
    queryFn: () => body(api.GET("/api/v1/users/me/shown-to-teachers")),
  });
  const questions = shown.data?.items.filter((one) => one.course_id === courseId) ?? [];
  return (
    <section className="panel" aria-labelledby="shown-heading">
      <h2 id="shown-heading">{t("What teachers see of you")}</h2>
      <p>
        {t(
          "With your name: what you know of each concept, as it stands above, and your attempts at quizzes. Without your name: how you rate answers, and questions of yours that found no good answer, so that teachers can mend that. Your conversations are not shown to them.",
        )}
      </p>
      {shown.isError && <Problem error={shown.error} onRetry={() => void shown.refetch()} />}
      {questions.length > 0 && (
        <details className="more">
          <summary>{t("Questions shown without your name")}</summary>
          <ul className="plain-rows">
            {questions.map((one) => (
              <li key={one.message_id} className="wrapping">
                <div className="row-text">
                  <p className="row-title">
                    {one.question}
                    <span className="chip">{DOUBT_WORDS[one.doubt]}</span>
                  </p>
                  <p className="fine-print">{day(one.completed_at)}</p>
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
