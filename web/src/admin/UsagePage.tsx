import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { download } from "../api/download";
import type { components } from "../api/schema";
import { useTitle } from "../session/session";
import { useSubmit } from "../session/useSubmit";
import { compact, count, money } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { BarChart } from "./BarChart";
import { everyDay } from "./bars";
import { Figure } from "./Figure";
import { NamedBars } from "./NamedBars";

type Total = components["schemas"]["UsageTotalRead"];
type Grouping = components["schemas"]["UsageReport"]["group_by"];

const GROUPINGS: readonly (readonly [Grouping, string])[] = [
  ["day", t("By day")],
  ["course", t("By course")],
  ["user", t("By person")],
  ["model", t("By model")],
];
const SPANS = [
  ["7", t("Last 7 days")],
  ["30", t("Last 30 days")],
  ["90", t("Last 90 days")],
] as const;
const DAY_MS = 86_400_000;

/** What chat models were asked and what it cost, by day, course, person or model. */
export function UsagePage() {
  useTitle(t("Usage"));
  const [grouping, setGrouping] = useState<Grouping>("day");
  const [days, setDays] = useState<(typeof SPANS)[number][0]>("30");
  const [now] = useState(() => new Date());
  const from = new Date(now.getTime() - Number(days) * DAY_MS);
  const usage = useQuery({
    queryKey: ["usage", grouping, days],
    queryFn: () =>
      body(
        api.GET("/api/v1/admin/usage", {
          params: { query: { group_by: grouping, from: from.toISOString() } },
        }),
      ),
  });
  const query = new URLSearchParams({ group_by: grouping, from: from.toISOString() });
  const saving = useSubmit(() => download(`/api/v1/admin/usage.csv?${query}`, "usage.csv"));
  return (
    <>
      <h1>{t("Usage")}</h1>
      <form className="line-form" onSubmit={saving.submit}>
        <SelectField
          label={t("Totals")}
          options={GROUPINGS}
          value={grouping}
          onChange={setGrouping}
        />
        <SelectField label={t("Time")} options={SPANS} value={days} onChange={setDays} />
        <button type="submit" className="button" disabled={saving.isBusy}>
          {t("Save as CSV")}
        </button>
      </form>
      <ProblemLine problem={saving.problem} />
      {usage.isPending && <Loading what={t("the usage")} />}
      {usage.isError && <Problem error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.data !== undefined && usage.data.totals.length === 0 && (
        <p className="empty-state">
          {t(
            "No chat model was asked in this time. Answers of the built-in model cost nothing and are not counted here.",
          )}
        </p>
      )}
      {usage.data !== undefined && usage.data.totals.length > 0 && (
        <Report report={usage.data} from={from} to={now} />
      )}
    </>
  );
}

interface ReportProps {
  report: components["schemas"]["UsageReport"];
  from: Date;
  to: Date;
}

function Report({ report: { group_by, totals }, from, to }: ReportProps) {
  const sum = (of: (total: Total) => number) => totals.reduce((all, one) => all + of(one), 0);
  const tokens = (total: Total) => total.prompt_tokens + total.completion_tokens;
  const items = (of: (total: Total) => number) =>
    totals.map((total) => ({ key: total.key, name: total.name, value: of(total) }));
  return (
    <>
      <section className="panel" aria-labelledby="sums-heading">
        <h2 id="sums-heading">{t("In all")}</h2>
        <dl className="figures">
          <Figure name={t("Cost")} value={money(sum((total) => total.cost_micro_usd))} />
          <Figure name={t("Tokens")} value={compact(sum(tokens))} />
          <Figure name={t("Attempts")} value={count(sum((total) => total.attempts))} />
          <Figure name={t("Failed")} value={count(sum((total) => total.failed))} />
        </dl>
      </section>
      <section className="panel" aria-label={t("Charts")}>
        {group_by === "day" ? (
          <>
            <BarChart
              title={t("Cost by day")}
              unit={t("US dollars")}
              items={everyDay(
                items((total) => total.cost_micro_usd),
                from,
                to,
              )}
              words={money}
            />
            <BarChart
              title={t("Tokens by day")}
              unit={t("Tokens")}
              items={everyDay(items(tokens), from, to)}
              words={count}
            />
          </>
        ) : (
          <>
            <NamedBars
              title={t("Cost")}
              items={items((total) => total.cost_micro_usd)}
              words={money}
            />
            <NamedBars title={t("Tokens")} items={items(tokens)} words={count} />
          </>
        )}
      </section>
      {group_by !== "day" && <UsageTable totals={totals} />}
    </>
  );
}

function UsageTable({ totals }: { totals: readonly Total[] }) {
  return (
    <section className="panel" aria-labelledby="totals-heading">
      <h2 id="totals-heading">{t("Totals")}</h2>
      <div className="table-scroll" role="region" aria-label={t("Every total")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("Of")}</th>
              <th scope="col" className="number">
                {t("Attempts")}
              </th>
              <th scope="col" className="number">
                {t("Failed")}
              </th>
              <th scope="col" className="number">
                {t("Tokens in")}
              </th>
              <th scope="col" className="number">
                {t("Tokens out")}
              </th>
              <th scope="col" className="number">
                {t("Cost")}
              </th>
            </tr>
          </thead>
          <tbody>
            {totals.map((total) => (
              <tr key={total.key}>
                <th scope="row">{total.name}</th>
                <td className="number">{count(total.attempts)}</td>
                <td className="number">{count(total.failed)}</td>
                <td className="number">{count(total.prompt_tokens)}</td>
                <td className="number">{count(total.completion_tokens)}</td>
                <td className="number">{money(total.cost_micro_usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
