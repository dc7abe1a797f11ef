import { useQueryClient } from "@tanstack/react-query";

import { api } from "../api/client";
import type { components } from "../api/schema";
import { useSubmit } from "../session/useSubmit";
import { day, percent } from "../shell/formats";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";

type Standing = components["schemas"]["CertificateStandingRead"];
type Requirement = components["schemas"]["RequirementRead"];

const ASKED: Readonly<Record<Requirement["requirement"], string>> = {
  lessons: t("Lessons read"),
  quizzes: t("Points in the quizzes"),
  concepts: t("Concepts mastered"),
};

/** How far the certificate of a course is, and the certificate itself. */
export function CertificateView({ courseId, standing }: { courseId: string; standing: Standing }) {
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.POST("/api/v1/courses/{course}/certificate", {
      params: { path: { course: courseId } },
    });
    await queries.invalidateQueries({ queryKey: ["path", courseId] });
  });
  const held = standing.certificate;
  return (
    <section className="panel" aria-labelledby="certificate-heading">
      <h2 id="certificate-heading">{t("Certificate")}</h2>
      {held === null ? (
        <>
          <ul className="plain-rows">
            {standing.requirements.map((one) => (
              <li key={one.requirement} className="wrapping">
                <div className="row-text">
                  <p className="row-title">{ASKED[one.requirement]}</p>
                  <meter
                    min={0}
                    max={1}
                    value={one.reached}
                    aria-label={ASKED[one.requirement]}
                  />
                  <p className="fine-print">
                    {t("{reached} of {needed} needed", {
                      reached: percent(one.reached),
                      needed: percent(one.needed),
                    })}
                  </p>
                </div>
              </li>
            ))}
          </ul>
          {standing.is_met && (
            <form onSubmit={submit}>
              <button type="submit" className="button primary" disabled={isBusy}>
                {t("Get the certificate")}
              </button>
            </form>
          )}
          <ProblemLine problem={problem} />
        </>
      ) : held.revoked_at !== null ? (
        <>
          <p>{t("It was revoked on {day}.", { day: day(held.revoked_at) })}</p>
          {held.revocation_reason !== "" && <p className="reason">{held.revocation_reason}</p>}
        </>
      ) : (
        <>
          <p>{t("You have it since {day}.", { day: day(held.issued_at) })}</p>
          <p className="row-actions">
            <a className="button primary" href={`/api/v1/courses/${courseId}/certificate/file`}>
              {t("Download as PDF")}
            </a>
            <a className="button" href={`/certificates/${held.code}`}>
              {t("The page that says it is valid")}
            </a>
          </p>
        </>
      )}
    </section>
  );
}
