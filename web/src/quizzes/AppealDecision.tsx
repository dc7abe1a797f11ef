import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../api/client";
import type { components } from "../api/schema";
import { useOpenedContent } from "../content/ContentPage";
import { useSubmit } from "../session/useSubmit";
import { ProblemLine } from "../shell/ProblemLine";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import type { Grade } from "./attempts";
import { worth } from "./points";

type Appeal = components["schemas"]["AppealRead"];

/** What a learner objects to, and where a teacher decides it. */
export function AppealDecision({ appeal, grade }: { appeal: Appeal; grade: Grade }) {
  const { canEdit } = useOpenedContent();
  const [reply, setReply] = useState("");
  const [isAccepted, setAccepted] = useState(false);
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.PUT("/api/v1/appeals/{appeal_id}", {
      params: { path: { appeal_id: appeal.id } },
      body: {
        is_accepted: isAccepted,
        reply: reply.trim(),
        score: isAccepted ? grade.maximum : null,
      },
    });
    await queries.invalidateQueries({ queryKey: ["attempt", appeal.attempt_id] });
  });
  return (
    <div className="appeal">
      <p>
        <strong>{t("Objection:")}</strong> {appeal.message}
      </p>
      {appeal.status !== "open" && (
        <p className="fine-print">
          {appeal.status === "accepted" ? t("Accepted") : t("Not accepted")}: {appeal.reply}
        </p>
      )}
      {appeal.status === "open" && canEdit && (
        <form className="form" onSubmit={submit}>
          <TextField
            label={t("Your reply")}
            required
            rows={2}
            maxLength={2_000}
            value={reply}
            onChange={setReply}
          />
          <label className="check">
            <input
              type="checkbox"
              checked={isAccepted}
              onChange={({ target }) => setAccepted(target.checked)}
            />
            {t("They are right: give all of it ({maximum})", { maximum: worth(grade.maximum) })}
          </label>
          <ProblemLine problem={problem} />
          <button type="submit" className="button" disabled={isBusy || reply.trim() === ""}>
            {t("Decide")}
          </button>
        </form>
      )}
    </div>
  );
}
