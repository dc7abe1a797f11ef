import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import { ApiProblem } from "../api/problem";
import { useSubmit } from "../session/useSubmit";
import { Dialog } from "../shell/Dialog";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { type Collection, KINDS } from "./collections";
import { nameOfPart } from "./parts";
import { qualityOf } from "./quality";
import { type ContentState, useContentChange } from "./useContent";

interface Props {
  collection: Collection;
  state: ContentState;
}

interface Override {
  override: true;
  reason: string;
}

/** Shows learners the version that is worked on, or nothing of it any more. */
export function PublishButton({ collection, state }: Props) {
  const [isRefused, setRefused] = useState(false);
  const { publish, unpublish } = usePublishing(collection, state, () => setRefused(true));
  const failure = unpublish.error ?? (isGate(publish.error) ? null : publish.error);
  return (
    <>
      {state.published_version !== null && (
        <button
          type="button"
          className="button"
          disabled={unpublish.isPending}
          onClick={() => unpublish.mutate()}
        >
          {t("Unpublish")}
        </button>
      )}
      {state.published_version !== state.version && (
        <button
          type="button"
          className="button primary"
          disabled={publish.isPending}
          onClick={() => publish.mutate(null)}
        >
          {state.published_version === null ? t("Publish") : t("Publish this version")}
        </button>
      )}
      <ProblemLine problem={failure?.message ?? null} />
      {isRefused && (
        <OverrideDialog
          state={state}
          onPublish={async (reason) => {
            await publish.mutateAsync({ override: true, reason });
            setRefused(false);
          }}
          onClose={() => setRefused(false)}
        />
      )}
    </>
  );
}

function usePublishing(collection: Collection, state: ContentState, onRefused: () => void) {
  const take = useContentChange(collection);
  const notify = useNotify();
  const path = { collection, content_id: state.id };
  const publish = useMutation({
    mutationFn: (override: Override | null) =>
      body(
        api.POST("/api/v1/{collection}/{content_id}/publish", {
          params: { path },
          body: { version: state.version, override: false, ...override },
        }),
      ),
    onSuccess: (published) => {
      take(published);
      notify(t("Learners see this {one} now.", { one: KINDS[collection].one }));
    },
    onError: (error, override) => {
      if (isGate(error) && override === null) onRefused();
    },
  });
  const unpublish = useMutation({
    mutationFn: () =>
      body(api.POST("/api/v1/{collection}/{content_id}/unpublish", { params: { path } })),
    onSuccess: (hidden) => {
      take(hidden);
      notify(t("Learners no longer see this {one}.", { one: KINDS[collection].one }));
    },
  });
  return { publish, unpublish };
}

function isGate(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === "quality_gate";
}

interface DialogProps {
  state: ContentState;
  onPublish: (reason: string) => Promise<void>;
  onClose: () => void;
}

/** Publishes what the quality gate is against, for a reason that is kept. */
function OverrideDialog({ state, onPublish, onClose }: DialogProps) {
  const failing = qualityOf(state.quality)?.findings.filter((found) => found.isFailing) ?? [];
  const [reason, setReason] = useState("");
  const { isBusy, problem, submit } = useSubmit(() => onPublish(reason.trim()));
  return (
    <Dialog title={t("Publish it all the same?")} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p>
          {t("These parts do not pass the quality gate. Correct them, or say why they may stand.")}
        </p>
        <ul className="refused" tabIndex={0} aria-label={t("Parts that do not pass")}>
          {[...new Set(failing.map(({ item }) => item))].map((item) => (
            <li key={item}>
              <strong>{item === null ? t("The whole") : nameOfPart(state.content, item)}</strong>
              <span className="fine-print">
                {failing
                  .filter((found) => found.item === item)
                  .map((found) => found.detail)
                  .join("; ")}
              </span>
            </li>
          ))}
        </ul>
        <TextField
          label={t("Why it may be published")}
          hint={t("Kept in the audit log under your name.")}
          required
          rows={3}
          maxLength={1_000}
          value={reason}
          onChange={setReason}
        />
        <ProblemLine problem={problem} />
        <div className="form-actions">
          <button type="submit" className="button danger" disabled={isBusy || reason.trim() === ""}>
            {t("Publish it")}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {t("Correct it first")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
