import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import { useTitle } from "../session/session";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { AliasRow } from "./AliasRow";
import { DeploymentRow } from "./DeploymentRow";

const LOOK_AGAIN_MS = 10_000;

/** The chat models, how they do, and which of them answer for what. */
export function ModelsPage() {
  useTitle(t("Models"));
  const registry = useQuery({
    queryKey: ["models"],
    refetchInterval: LOOK_AGAIN_MS,
    queryFn: () => body(api.GET("/api/v1/admin/models")),
  });
  return (
    <>
      <h1>{t("Models")}</h1>
      {registry.isPending && <Loading what={t("models")} />}
      {registry.isError && (
        <Problem error={registry.error} onRetry={() => void registry.refetch()} />
      )}
      {registry.isSuccess && (
        <>
          <section className="panel" aria-labelledby="aliases-heading">
            <h2 id="aliases-heading">{t("Who answers")}</h2>
            <p className="fine-print">
              {t(
                "A change holds for the next answer; answers under way end with the model that began them. The built-in model stands behind every chain.",
              )}
            </p>
            {registry.data.aliases.length === 0 && (
              <p className="empty-state">{t("No alias is set: the built-in model answers.")}</p>
            )}
            <ul className="plain-rows">
              {registry.data.aliases.map((alias) => (
                <AliasRow
                  key={alias.name}
                  alias={alias}
                  deployments={registry.data.deployments.map((deployment) => deployment.name)}
                />
              ))}
            </ul>
          </section>
          <section className="panel" aria-labelledby="deployments-heading">
            <h2 id="deployments-heading">{t("Deployments")}</h2>
            {registry.data.deployments.length === 0 && (
              <p className="empty-state">
                {t("None is set up. Give the service a key or a models file, or add one by API.")}
              </p>
            )}
            <ul className="plain-rows">
              {registry.data.deployments.map((deployment) => (
                <DeploymentRow key={deployment.name} deployment={deployment} />
              ))}
            </ul>
          </section>
        </>
      )}
    </>
  );
}
