import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { microUsd } from "../shell/formats";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { useSubjects } from "./useSubjects";

type Budget = components["schemas"]["BudgetPut"];
type Scope = Exclude<Budget["scope"], "job">;

const SCOPES: readonly (readonly [Scope, string])[] = [
  ["school", t("The school")],
  ["course", t("A course")],
  ["user", t("A person")],
];
const PERIODS: readonly (readonly [Budget["period"], string])[] = [
  ["day", t("Each day")],
  ["month", t("Each month")],
  ["total", t("In all")],
];

/** Sets a budget; one of the same scope and period is replaced. */
export function BudgetForm() {
  const [scope, setScope] = useState<Scope>("school");
  const [subject, setSubject] = useState("");
  const [period, setPeriod] = useState<Budget["period"]>("month");
  const [soft, setSoft] = useState("");
  const [hard, setHard] = useState("");
  const queries = useQueryClient();
  const notify = useNotify();
  const subjects = useSubjects();
  const choices = scope === "course" ? subjects.courses : subjects.users;
  const { isBusy, problem, submit } = useSubmit(async () => {
    const hardLimit = microUsd(hard);
    const softLimit = soft.trim() === "" ? hardLimit : microUsd(soft);
    if (hardLimit === null || softLimit === null) {
      throw new ApiProblem(422, "invalid", t("Write the limits as dollars, such as 25 or 2.50."));
    }
    await api.PUT("/api/v1/admin/budgets", {
      body: {
        scope,
        subject_id: scope === "school" ? null : subject || (choices[0]?.[0] ?? null),
        period,
        soft_limit_micro_usd: softLimit,
        hard_limit_micro_usd: hardLimit,
      },
    });
    notify(t("The budget holds from now on."));
    await queries.invalidateQueries({ queryKey: ["budgets"] });
  });
  return (
    <section className="panel" aria-labelledby="new-budget-heading">
      <h2 id="new-budget-heading">{t("Set a budget")}</h2>
      <form className="form" onSubmit={submit}>
        <div className="field-row">
          <SelectField label={t("Of")} options={SCOPES} value={scope} onChange={setScope} />
          {scope !== "school" && (
            <SelectField<string>
              label={scope === "course" ? t("Course") : t("Person")}
              options={choices}
              value={subject || (choices[0]?.[0] ?? "")}
              onChange={setSubject}
            />
          )}
          <SelectField label={t("For")} options={PERIODS} value={period} onChange={setPeriod} />
        </div>
        <div className="field-row">
          <Field
            label={t("Hard limit in dollars")}
            inputMode="decimal"
            required
            hint={t("Never passed: the built-in model answers then.")}
            value={hard}
            onChange={setHard}
          />
          <Field
            label={t("Soft limit in dollars")}
            inputMode="decimal"
            hint={t("From here on the cheapest models are asked.")}
            value={soft}
            onChange={setSoft}
          />
        </div>
        <ProblemLine problem={problem} />
        <div className="form-actions">
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("Set the budget")}
          </button>
        </div>
      </form>
    </section>
  );
}
