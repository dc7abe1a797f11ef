import { useQuery } from "@tanstack/react-query";

import { api, body } from "../api/client";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";

interface Props {
  name: string;
  of: { version: number } | { body: string };
}

/** What a chat model would be sent, made with the samples of the prompt's variables. */
export function PromptPreview({ name, of }: Props) {
  const preview = useQuery({
    queryKey: ["prompt-preview", name, of],
    retry: false,
    queryFn: () =>
      body(
        api.POST("/api/v1/admin/prompts/{name}/preview", {
          params: { path: { name } },
          body: of as never,
        }),
      ),
  });
  if (preview.isPending) return <Loading what={t("the preview")} rows={2} />;
  if (preview.isError) return <Problem error={preview.error} />;
  return (
    <div className="preview">
      <h3>{t("What the model is told")}</h3>
      <pre className="template" tabIndex={0} aria-label={t("System message")}>
        {preview.data.system}
      </pre>
      <h3>{t("What it is asked")}</h3>
      <pre className="template" tabIndex={0} aria-label={t("User message")}>
        {preview.data.user}
      </pre>
    </div>
  );
}
