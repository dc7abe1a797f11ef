import { useState } from "react";

import { api, body } from "../api/client";
import { Field } from "../session/Field";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { LiveView } from "./LiveView";
import { Table } from "./Table";
import { clock } from "./times";

const LEVELS = [
  ["debug", t("All")],
  ["info", t("Information and worse")],
  ["warning", t("Warnings and worse")],
  ["error", t("Errors")],
] as const;

/** The last lines that the process has logged. */
export function LogView() {
  const [level, setLevel] = useState<(typeof LEVELS)[number][0]>("debug");
  const [q, setWords] = useState("");
  return (
    <>
      <form className="line-form" role="search" onSubmit={(event) => event.preventDefault()}>
        <SelectField label={t("Lines")} options={LEVELS} value={level} onChange={setLevel} />
        <Field
          label={t("Words they hold")}
          type="search"
          maxLength={200}
          value={q}
          onChange={setWords}
        />
      </form>
      <LiveView
        title={t("Log")}
        name={["log", level, q]}
        read={() =>
          body(api.GET("/api/v1/admin/debug/log", { params: { query: { level, q } } }))
        }
      >
        {({ items }) => (
          <Table
            label={t("Log")}
            heads={[t("When"), t("Level"), t("From"), t("Line")]}
            empty={t("None like that yet.")}
            rows={items.map((line, index) => ({
              key: `${line.at} ${index}`,
              cells: [
                clock(line.at),
                line.level,
                <code>{line.logger}</code>,
                <pre className="log-line">{line.text}</pre>,
              ],
            }))}
          />
        )}
      </LiveView>
    </>
  );
}
