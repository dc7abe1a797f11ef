import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api, body } from "../api/client";
import { useTitle } from "../session/session";
import { counted } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { inUse } from "./promptWeights";

/** What chat models are told, by purpose. */
export function PromptsPage() {
  useTitle(t("Prompts"));
  const prompts = useQuery({
    queryKey: ["prompts"],
    queryFn: () => body(api.GET("/api/v1/admin/prompts")),
  });
  return (
    <>
      <h1>{t("Prompts")}</h1>
      {prompts.isPending && <Loading what={t("prompts")} rows={6} />}
      {prompts.isError && <Problem error={prompts.error} onRetry={() => void prompts.refetch()} />}
      <ul className="plain-rows panel">
        {prompts.data?.map((prompt) => (
          <li key={prompt.name}>
            <div className="row-text">
              <p className="row-title">
                <Link to={`/admin/prompts/${prompt.name}`}>{prompt.name}</Link>
              </p>
              <p className="fine-print">{prompt.description}</p>
            </div>
            <p className="fine-print">
              {t("{versions}, in use: {weights}", {
                versions: counted(prompt.versions.length, t("version"), t("versions")),
                weights: inUse(prompt.weights),
              })}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
