import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../api/client";
import type { components } from "../api/schema";
import { useSubmit } from "../session/useSubmit";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";

type Alias = components["schemas"]["AliasRead"];
type Strategy = NonNullable<components["schemas"]["Alias"]["strategy"]>;

const STRATEGIES: readonly (readonly [Strategy, string])[] = [
  ["in_order", t("In this order")],
  ["round_robin", t("In turn")],
  ["weighted", t("By weight")],
  ["least_busy", t("The least busy first")],
  ["lowest_latency", t("The quickest first")],
  ["cheapest", t("The cheapest first")],
];

interface Props {
  alias: Alias;
  /** Every deployment there is. */
  deployments: readonly string[];
}

/** What an alias stands for, and the way to have others answer for it. */
export function AliasRow({ alias, deployments }: Props) {
  const [isChanging, setChanging] = useState(false);
  const strategy = STRATEGIES.find(([name]) => name === alias.strategy)?.[1] ?? alias.strategy;
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">{alias.name}</p>
        <p className="fine-print">
          {alias.deployments.length === 0
            ? t("Nobody is set.")
            : `${strategy}: ${alias.deployments.join(", ")}`}
        </p>
        {alias.deployments.length > 0 && alias.behind.length === 0 && (
          <p className="notice">{t("None of them is enabled: the built-in model answers.")}</p>
        )}
      </div>
      {!isChanging && (
        <button type="button" className="button" onClick={() => setChanging(true)}>
          {t("Switch")}
          <span className="visually-hidden"> {alias.name}</span>
        </button>
      )}
      {isChanging && (
        <AliasForm alias={alias} deployments={deployments} onClose={() => setChanging(false)} />
      )}
    </li>
  );
}

function AliasForm({ alias, deployments, onClose }: Props & { onClose: () => void }) {
  const [chosen, setChosen] = useState<readonly string[]>(alias.deployments);
  const [strategy, setStrategy] = useState(alias.strategy as Strategy);
  const queries = useQueryClient();
  const notify = useNotify();
  const put = async (names: readonly string[], by: Strategy) => {
    await api.PUT("/api/v1/admin/models/aliases/{alias}", {
      params: { path: { alias: alias.name } },
      body: { deployments: [...names], strategy: by },
    });
    await queries.invalidateQueries({ queryKey: ["models"] });
  };
  const { isBusy, problem, submit } = useSubmit(async () => {
    await put(chosen, strategy);
    notify(t("“{name}” is switched.", { name: alias.name }), () =>
      put(alias.deployments, alias.strategy as Strategy),
    );
    onClose();
  });
  // Other aliases may stand behind one; they are kept among the choices.
  const choices = [...new Set([...alias.deployments, ...deployments])];
  return (
    <form className="form alias-form" onSubmit={submit}>
      <fieldset className="choices">
        <legend>
          {t("Who answers for {name}, first to last as ticked", { name: alias.name })}
        </legend>
        {choices.map((name) => (
          <label key={name} className="choice">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={({ target }) =>
                setChosen(
                  target.checked ? [...chosen, name] : chosen.filter((other) => other !== name),
                )
              }
            />
            <span>
              {name}
              {chosen.includes(name) && (
                <span className="chip place">{chosen.indexOf(name) + 1}</span>
              )}
            </span>
          </label>
        ))}
      </fieldset>
      <SelectField
        label={t("Who is asked first")}
        options={STRATEGIES}
        value={strategy}
        onChange={setStrategy}
      />
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button primary" disabled={isBusy || chosen.length === 0}>
          {t("Use these")}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t("Cancel")}
        </button>
      </div>
    </form>
  );
}
