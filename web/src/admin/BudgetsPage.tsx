import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { useTitle } from "../session/session";
import { day, money } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { BudgetForm } from "./BudgetForm";
import { useSubjects } from "./useSubjects";

type Budget = components["schemas"]["BudgetRead"];

const PERIODS = { day: t("each day"), month: t("each month"), total: t("in all") } as const;

/** What may be spent on chat models, and how much of it is. */
export function BudgetsPage() {
  useTitle(t("Budgets"));
  const budgets = useQuery({
    queryKey: ["budgets"],
    queryFn: () => body(api.GET("/api/v1/admin/budgets")),
  });
  return (
    <>
      <h1>{t("Budgets")}</h1>
      <section className="panel" aria-labelledby="budgets-heading">
        <h2 id="budgets-heading">{t("In force")}</h2>
        {budgets.isPending && <Loading what={t("budgets")} />}
        {budgets.isError && (
          <Problem error={budgets.error} onRetry={() => void budgets.refetch()} />
        )}
        {budgets.data?.items.length === 0 && (
          <p className="empty-state">{t("No budget is set: spending has no limit.")}</p>
        )}
        <ul className="plain-rows">
          {budgets.data?.items.map((budget) => (
            <BudgetRow key={budget.id} budget={budget} />
          ))}
        </ul>
      </section>
      <BudgetForm />
    </>
  );
}

function BudgetRow({ budget }: { budget: Budget }) {
  const queries = useQueryClient();
  const notify = useNotify();
  const subjects = useSubjects();
  const refresh = () => queries.invalidateQueries({ queryKey: ["budgets"] });
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE("/api/v1/admin/budgets/{budget_id}", {
        params: { path: { budget_id: budget.id } },
      }),
    onSuccess: () =>
      notify(t("The budget is removed."), async () => {
        const { scope, subject_id, period, soft_limit_micro_usd, hard_limit_micro_usd } = budget;
        await api.PUT("/api/v1/admin/budgets", {
          body: { scope, subject_id, period, soft_limit_micro_usd, hard_limit_micro_usd },
        });
        await refresh();
      }),
    onSettled: refresh,
  });
  const whose =
    budget.scope === "school"
      ? t("The school")
      : (subjects.nameOf(budget.subject_id) ?? `${budget.scope} ${budget.subject_id}`);
  const { spent_micro_usd: spent, hard_limit_micro_usd: hard } = budget;
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          {whose}
          <span className="chip">{PERIODS[budget.period]}</span>
          {spent >= hard && <span className="chip state failing">{t("Used up")}</span>}
          {spent < hard && spent >= budget.soft_limit_micro_usd && (
            <span className="chip state degraded">{t("Past its soft limit")}</span>
          )}
        </p>
        <meter
          min={0}
          max={Math.max(hard, 1)}
          high={Math.max(budget.soft_limit_micro_usd, 1)}
          value={spent}
          aria-label={t("Spent of the budget of {whose}", { whose })}
        />
        <p className="fine-print">
          {t("{spent} of {hard} spent since {start}, soft limit {soft}, {reserved} set aside", {
            spent: money(spent),
            hard: money(hard),
            start: day(budget.period_start),
            soft: money(budget.soft_limit_micro_usd),
            reserved: money(budget.reserved_micro_usd),
          })}
        </p>
        {remove.isError && <Problem error={remove.error} />}
      </div>
      <button
        type="button"
        className="button quiet"
        disabled={remove.isPending}
        onClick={() => remove.mutate()}
      >
        {t("Remove")}
        <span className="visually-hidden"> {t("the budget of {whose}", { whose })}</span>
      </button>
    </li>
  );
}
