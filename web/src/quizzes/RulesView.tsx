import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { useOpenedContent } from "../content/ContentPage";
import { nameOfPart } from "../content/parts";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { Loading } from "../shell/Loading";
import { NothingHere } from "../shell/NothingHere";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { type Rules, useRules } from "./attempts";
import { localMinute, minuteOf } from "./minutes";
import type { Quiz } from "./questions";

const LATE = [
  ["refuse", t("is refused")],
  ["mark", t("is taken and marked late")],
] as const;
const SHOWS_KEY = [
  ["after_attempt", t("after each attempt")],
  ["after_due", t("once the time is over")],
  ["never", "never"],
] as const;

/** When, how often and with which questions a quiz is taken. */
export function RulesView() {
  const { state, canEdit } = useOpenedContent();
  const rules = useRules(state.id);
  if (!canEdit) return <NothingHere />;
  return (
    <section className="panel" aria-labelledby="rules-heading">
      <h2 id="rules-heading">{t("Rules")}</h2>
      {rules.isPending && <Loading what={t("the rules")} />}
      {rules.isError && <Problem error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data !== undefined && <RulesForm rules={rules.data} />}
    </section>
  );
}

function RulesForm({ rules }: { rules: Rules }) {
  const { state } = useOpenedContent();
  const [draft, setDraft] = useState(rules);
  const change = (part: Partial<Rules>) => setDraft({ ...draft, ...part });
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const kept = await body(
      api.PUT("/api/v1/quizzes/{quiz_id}/rules", {
        params: { path: { quiz_id: state.id } },
        body: draft,
      }),
    );
    queries.setQueryData(["quiz-rules", state.id], kept);
    notify(t("The rules are kept."));
  });
  return (
    <form className="form" onSubmit={submit}>
      <div className="field-row">
        <Field
          label={t("Opens")}
          type="datetime-local"
          value={localMinute(draft.opens_at)}
          onChange={(text) => change({ opens_at: minuteOf(text) })}
        />
        <Field
          label={t("To be handed in by")}
          type="datetime-local"
          value={localMinute(draft.due_at)}
          onChange={(text) => change({ due_at: minuteOf(text) })}
        />
      </div>
      <div className="field-row">
        <SelectField
          label={t("An attempt after that")}
          options={LATE}
          value={draft.late_policy}
          onChange={(late_policy) => change({ late_policy })}
        />
        <Field
          label={t("Attempts at most")}
          type="number"
          min={1}
          max={1_000}
          placeholder={t("any number")}
          value={draft.max_attempts ?? ""}
          onChange={(text) => change({ max_attempts: text === "" ? null : Number(text) })}
        />
        <SelectField
          label={t("Right answers are shown")}
          options={SHOWS_KEY}
          value={draft.shows_key}
          onChange={(shows_key) => change({ shows_key })}
        />
      </div>
      <Withdrawn draft={draft} onChange={change} />
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("Save")}
        </button>
      </div>
    </form>
  );
}

interface WithdrawnProps {
  draft: Rules;
  onChange: (part: Partial<Rules>) => void;
}

function Withdrawn({ draft, onChange }: WithdrawnProps) {
  const { state } = useOpenedContent();
  const { questions } = state.content as unknown as Quiz;
  const chosen = draft.withdrawn_questions;
  return (
    <fieldset className="check-list">
      <legend>{t("Questions that count for nobody")}</legend>
      {questions.map(({ id }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={({ target }) =>
              onChange({
                withdrawn_questions: target.checked
                  ? [...chosen, id]
                  : chosen.filter((other) => other !== id),
              })
            }
          />
          {nameOfPart(state.content, id)}
        </label>
      ))}
    </fieldset>
  );
}
