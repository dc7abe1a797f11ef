import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { useTitle } from "../session/session";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";
import { PromptEditor } from "./PromptEditor";
import { inUse } from "./promptWeights";
import { PromptVersion } from "./PromptVersion";
import { RollbackButton } from "./RollbackButton";

type Prompt = components["schemas"]["PromptRead"];

/** A prompt with its versions: read, written, previewed, put in use and rolled back. */
export function PromptPage() {
  const { name = "" } = useParams();
  useTitle(t("Prompt {name}", { name }));
  const prompt = useQuery({
    queryKey: ["prompt", name],
    queryFn: () => body(api.GET("/api/v1/admin/prompts/{name}", { params: { path: { name } } })),
  });
  return (
    <>
      <p>
        <Link to="/admin/prompts">{t("All prompts")}</Link>
      </p>
      <h1>{name}</h1>
      {prompt.isPending && <Loading what={t("the prompt")} />}
      {prompt.isError && <Problem error={prompt.error} onRetry={() => void prompt.refetch()} />}
      {prompt.data !== undefined && <Versions prompt={prompt.data} />}
    </>
  );
}

function Versions({ prompt }: { prompt: Prompt }) {
  const newest = [...prompt.versions].sort((one, other) => other.version - one.version);
  const previous = prompt.activations.length > 0;
  return (
    <>
      <p className="lead">{prompt.description}</p>
      <section className="panel" aria-labelledby="in-use-heading">
        <header className="view-head">
          <h2 id="in-use-heading">{t("In use: {weights}", { weights: inUse(prompt.weights) })}</h2>
          {previous && <RollbackButton name={prompt.name} />}
        </header>
        {prompt.activations.length === 0 && (
          <p className="fine-print">{t("The newest of the files that come with NeuroShiksha.")}</p>
        )}
        <ul className="plain-rows">
          {prompt.activations.slice(0, 5).map((activation) => (
            <li key={activation.created_at} className="fine-print">
              {moment(activation.created_at)}: {inUse(activation.weights)}
            </li>
          ))}
        </ul>
      </section>
      <section className="panel" aria-labelledby="versions-heading">
        <h2 id="versions-heading">{t("Versions")}</h2>
        {newest.map((version) => (
          <PromptVersion
            key={version.version}
            name={prompt.name}
            version={version}
            isInUse={(prompt.weights[version.version] ?? 0) > 0}
          />
        ))}
      </section>
      <PromptEditor prompt={prompt} startingFrom={newest[0]?.body ?? ""} />
    </>
  );
}
