import { useQueryClient } from "@tanstack/react-query";

import { api } from "../api/client";
import { useSubmit } from "../session/useSubmit";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";

/** Has the versions in use again that were in use before the last activation. */
export function RollbackButton({ name }: { name: string }) {
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.POST("/api/v1/admin/prompts/{name}/rollback", { params: { path: { name } } });
    notify(t("What was in use before is in use again."));
    await queries.invalidateQueries({ queryKey: ["prompt", name] });
    void queries.invalidateQueries({ queryKey: ["prompts"] });
  });
  return (
    <form onSubmit={submit}>
      <button type="submit" className="button" disabled={isBusy}>
        {t("Roll back")}
      </button>
      <ProblemLine problem={problem} />
    </form>
  );
}
