import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { count, counted } from "../shell/formats";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { freezeWords, streakWords } from "./pathWords";

type Habits = components["schemas"]["HabitsRead"];
type Goal = components["schemas"]["GoalRead"];
type Unit = Goal["unit"];

const UNITS = [
  ["items", t("answers, cards and lessons")],
  ["minutes", t("minutes of reading and watching")],
  ["days", t("days")],
] as const;
const QUERY = ["habits"];

/** How regularly one learns, and what one wants to do in a week. */
export function HabitsView() {
  const habits = useQuery({
    queryKey: QUERY,
    queryFn: () => body(api.GET("/api/v1/users/me/habits")),
  });
  if (habits.data === undefined) return null;
  const { streak } = habits.data;
  const freezes = freezeWords(streak);
  return (
    <section className="panel" aria-labelledby="habits-heading">
      <h2 id="habits-heading">{t("Your week")}</h2>
      <p>{streakWords(streak)}</p>
      <p className="fine-print">
        {t("Active on {days} of the last 7.", {
          days: counted(streak.active_days, t("day"), t("days")),
        })}{" "}
        {freezes}
      </p>
      <GoalForm key={JSON.stringify(habits.data.goal)} habits={habits.data} />
    </section>
  );
}

function GoalForm({ habits }: { habits: Habits }) {
  const [unit, setUnit] = useState<Unit>(habits.goal?.unit ?? "items");
  const [perWeek, setPerWeek] = useState(String(habits.goal?.per_week ?? 20));
  const queries = useQueryClient();
  const choice = useMutation({
    mutationFn: (goal: Goal | null) =>
      body(
        api.PUT("/api/v1/users/me/goal", {
          body: { unit: goal?.unit ?? null, per_week: goal?.per_week ?? null },
        }),
      ),
    onSuccess: (found) => queries.setQueryData(QUERY, found),
  });
  const { goal, week } = habits;
  return (
    <>
      {goal !== null && (
        <>
          <meter
            min={0}
            max={goal.per_week}
            value={Math.min(week[goal.unit], goal.per_week)}
            aria-label={t("Done of your goal")}
          />
          <p>
            {week[goal.unit] >= goal.per_week
              ? t("Your goal of this week is reached: {done} of {wanted}.", {
                  done: count(week[goal.unit]),
                  wanted: count(goal.per_week),
                })
              : t("{done} of {wanted} this week.", {
                  done: count(week[goal.unit]),
                  wanted: count(goal.per_week),
                })}
          </p>
        </>
      )}
      <details className="more">
        <summary>{goal === null ? t("Choose a goal") : t("Change the goal")}</summary>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            choice.mutate({ unit, per_week: Number(perWeek) });
          }}
        >
          <div className="field-row">
            <Field
              label={t("A week")}
              type="number"
              min={1}
              max={10_080}
              required
              value={perWeek}
              onChange={setPerWeek}
            />
            <SelectField label={t("Of what")} options={UNITS} value={unit} onChange={setUnit} />
          </div>
          <p className="fine-print">{t("It is your own choice; nobody else sees it.")}</p>
          <ProblemLine problem={choice.error?.message ?? null} />
          <div className="form-actions">
            <button type="submit" className="button primary" disabled={choice.isPending}>
              {t("Save")}
            </button>
            {goal !== null && (
              <button
                type="button"
                className="button"
                disabled={choice.isPending}
                onClick={() => choice.mutate(null)}
              >
                {t("No goal")}
              </button>
            )}
          </div>
        </form>
      </details>
    </>
  );
}
