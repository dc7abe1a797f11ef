import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { type Mode, MODE_WORDS } from "../chat/modes";
import { useSubmit } from "../session/useSubmit";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";

type Policy = components["schemas"]["CoursePolicyRead"];

const EVERY_MODE = Object.keys(MODE_WORDS) as Mode[];
const MOST_BEFORE = 20;

interface Props {
  course: { id: string; slug: string };
  policy: Policy;
}

/** Which ways of learning the course offers, and when a solution is shown. */
export function ModesForm({ course, policy }: Props) {
  const [modes, setModes] = useState(policy.modes);
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const set = await body(
      api.PUT("/api/v1/courses/{course}/policy", {
        params: { path: { course: course.id } },
        body: { support: policy.support, modes },
      }),
    );
    queries.setQueryData(["policy", course.id], set);
    queries.setQueryData(["policy", course.slug], set);
    notify(t("The tutor follows this from its next answer on."));
  });
  const allow = (mode: Mode, isAllowed: boolean) => {
    const allowed = EVERY_MODE.filter((each) =>
      each === mode ? isAllowed : modes.allowed.includes(each),
    );
    const [first] = allowed;
    if (first === undefined) return;
    setModes({
      ...modes,
      allowed,
      default: allowed.includes(modes.default) ? modes.default : first,
    });
  };
  const isChanged = JSON.stringify(modes) !== JSON.stringify(policy.modes);
  return (
    <form className="form" onSubmit={submit}>
      <fieldset className="choices">
        <legend>{t("Ways of learning that learners may choose")}</legend>
        {EVERY_MODE.map((mode) => (
          <label key={mode} className="choice">
            <input
              type="checkbox"
              checked={modes.allowed.includes(mode)}
              disabled={modes.allowed.length === 1 && modes.allowed[0] === mode}
              onChange={(event) => allow(mode, event.target.checked)}
            />
            <span>
              <strong>{MODE_WORDS[mode].name}</strong>
              <span className="fine-print">{MODE_WORDS[mode].effect}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <SelectField
        label={t("A new conversation begins with")}
        options={modes.allowed.map((mode) => [mode, MODE_WORDS[mode].name] as const)}
        value={modes.default}
        onChange={(mode) => setModes({ ...modes, default: mode })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={modes.shows_solutions}
          onChange={(event) => setModes({ ...modes, shows_solutions: event.target.checked })}
        />
        {t("The tutor may show solutions")}
      </label>
      {modes.shows_solutions && (
        <>
          <CountField
            label={t("Hints before a solution")}
            value={modes.hints_before_solution}
            onChange={(count) => setModes({ ...modes, hints_before_solution: count })}
          />
          <CountField
            label={t("Answers of one's own before a solution")}
            value={modes.attempts_before_solution}
            onChange={(count) => setModes({ ...modes, attempts_before_solution: count })}
          />
        </>
      )}
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button primary" disabled={isBusy || !isChanged}>
          {t("Save ways of learning")}
        </button>
      </div>
    </form>
  );
}

interface CountProps {
  label: string;
  value: number;
  onChange: (count: number) => void;
}

function CountField({ label, value, onChange }: CountProps) {
  return (
    <label>
      <span>{label}</span>
      <input
        type="number"
        min={0}
        max={MOST_BEFORE}
        required
        value={value}
        onChange={(event) => onChange(Math.trunc(event.target.valueAsNumber) || 0)}
      />
    </label>
  );
}
