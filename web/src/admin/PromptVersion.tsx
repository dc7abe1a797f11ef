import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../api/client";
import type { components } from "../api/schema";
import { useSubmit } from "../session/useSubmit";
import { moment } from "../shell/formats";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { PromptPreview } from "./PromptPreview";

type Version = components["schemas"]["PromptVersionRead"];

interface Props {
  name: string;
  version: Version;
  isInUse: boolean;
}

/** A version of a prompt, folded up until it is opened. */
export function PromptVersion({ name, version, isInUse }: Props) {
  const queries = useQueryClient();
  const notify = useNotify();
  const [isPreviewed, setPreviewed] = useState(false);
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.POST("/api/v1/admin/prompts/{name}/activate", {
      params: { path: { name } },
      body: { version: version.version },
    });
    notify(t("Version {version} is in use.", { version: version.version }), async () => {
      await api.POST("/api/v1/admin/prompts/{name}/rollback", { params: { path: { name } } });
      await queries.invalidateQueries({ queryKey: ["prompt", name] });
    });
    await queries.invalidateQueries({ queryKey: ["prompt", name] });
    void queries.invalidateQueries({ queryKey: ["prompts"] });
  });
  return (
    <details className="version">
      <summary>
        <strong>{t("Version {version}", { version: version.version })}</strong>{" "}
        {version.description}
        {isInUse && <span className="chip state ok">{t("In use")}</span>}
      </summary>
      <p className="fine-print">
        {version.created_at === null ? t("Comes with NeuroShiksha") : moment(version.created_at)}
      </p>
      <pre
        className="template"
        tabIndex={0}
        aria-label={t("Text of version {version}", { version: version.version })}
      >
        {version.body}
      </pre>
      <form className="form-actions" onSubmit={submit}>
        {!isInUse && (
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("Put in use")}
            <span className="visually-hidden">
              {t(": version {version}", { version: version.version })}
            </span>
          </button>
        )}
        <button type="button" className="button" onClick={() => setPreviewed(!isPreviewed)}>
          {isPreviewed ? t("Hide the preview") : t("Preview")}
          <span className="visually-hidden">
            {" "}
            {t("of version {version}", { version: version.version })}
          </span>
        </button>
      </form>
      <ProblemLine problem={problem} />
      {isPreviewed && <PromptPreview name={name} of={{ version: version.version }} />}
    </details>
  );
}
