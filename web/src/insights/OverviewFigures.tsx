import { Figure } from "../admin/Figure";
import type { components } from "../api/schema";
import { REASON_WORDS } from "../chat/reasons";
import { count, money, percent } from "../shell/formats";
import { t } from "../words/words";

type Overview = components["schemas"]["OverviewRead"];

/** How much was asked, how it was answered and rated, and what it cost. */
export function OverviewFigures({ overview }: { overview: Overview }) {
  const { asked, ratings, reasons } = overview;
  return (
    <section className="panel" aria-labelledby="figures-heading">
      <h2 id="figures-heading">{t("At a glance")}</h2>
      <dl className="figures">
        <Figure name={t("Questions")} value={asked === null ? "–" : count(asked.questions)} />
        <Figure name={t("Learners who asked")} value={asked === null ? "–" : count(asked.learners)} />
        <Figure
          name={t("Without a good answer")}
          value={
            asked === null || asked.questions === 0
              ? "–"
              : percent(asked.doubtful / asked.questions)
          }
        />
        <Figure
          name={t("Rated helpful")}
          value={ratings === null ? "–" : percent(ratings.up / (ratings.up + ratings.down))}
        />
        <Figure name={t("Cost of chat models")} value={money(overview.cost_micro_usd)} />
      </dl>
      {(asked === null || ratings === null) && (
        <p className="fine-print">
          {t("– stands where fewer than five learners would be told of.")}
        </p>
      )}
      {reasons.length > 0 && (
        <>
          <h3>{t("Why answers were not helpful")}</h3>
          <ul className="reason-counts">
            {reasons.map((one) => (
              <li key={one.reason}>
                {REASON_WORDS[one.reason as keyof typeof REASON_WORDS] ?? one.reason}{" "}
                <span className="number">{count(one.times)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
