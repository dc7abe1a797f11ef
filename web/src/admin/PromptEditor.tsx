import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { TextField } from "../shell/TextField";
import { useDraft } from "../shell/useDraft";
import { t } from "../words/words";
import { PromptPreview } from "./PromptPreview";

type Prompt = components["schemas"]["PromptRead"];

/** Where a new version of a prompt is written; it is kept as a draft until it is saved. */
export function PromptEditor({ prompt, startingFrom }: { prompt: Prompt; startingFrom: string }) {
  const { name, variables } = prompt;
  const empty = { text: startingFrom, description: "" };
  const [draft, setDraft, forget] = useDraft(`prompt.${name}`, empty);
  const [previewed, setPreviewed] = useState<string | null>(null);
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const made = await body(
      api.POST("/api/v1/admin/prompts/{name}/versions", {
        params: { path: { name } },
        body: { body: draft.text, description: draft.description.trim() },
      }),
    );
    setDraft({ text: draft.text, description: "" });
    forget();
    setPreviewed(null);
    notify(t("Version {version} is written; it is not in use yet.", { version: made.version }));
    await queries.invalidateQueries({ queryKey: ["prompt", name] });
  });
  return (
    <section className="panel" aria-labelledby="new-version-heading">
      <h2 id="new-version-heading">{t("Write a version")}</h2>
      <details>
        <summary>{t("Variables it may use")}</summary>
        <dl className="variables">
          {variables.map((variable) => (
            <div key={variable.name}>
              <dt>
                <code>{variable.name}</code>
              </dt>
              <dd>{variable.description}</dd>
            </div>
          ))}
        </dl>
      </details>
      <form className="form wide" onSubmit={submit}>
        <TextField
          label={t("Text")}
          className="template"
          rows={14}
          maxLength={20_000}
          required
          spellCheck={false}
          value={draft.text}
          onChange={(text) => setDraft({ ...draft, text })}
        />
        <Field
          label={t("What it makes the model do, in a sentence")}
          maxLength={500}
          required
          value={draft.description}
          onChange={(description) => setDraft({ ...draft, description })}
        />
        <ProblemLine problem={problem} />
        <div className="form-actions">
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("Save as a new version")}
          </button>
          <button type="button" className="button" onClick={() => setPreviewed(draft.text)}>
            {t("Preview")}
          </button>
        </div>
      </form>
      {previewed !== null && <PromptPreview name={name} of={{ body: previewed }} />}
    </section>
  );
}
