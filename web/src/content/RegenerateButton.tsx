import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { createPortal } from "react-dom";

import { api, body } from "../api/client";
import { JobProgress } from "../making/JobProgress";
import { useJob } from "../making/useJob";
import type { Job } from "../materials/jobEvents";
import { useSubmit } from "../session/useSubmit";
import { Dialog } from "../shell/Dialog";
import { ProblemLine } from "../shell/ProblemLine";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import type { Collection } from "./collections";
import { nameOfPart } from "./parts";
import type { ContentState } from "./useContent";

interface Props {
  collection: Collection;
  state: ContentState;
  /** The part to write anew; null for all that cite a changed document. */
  part: string | null;
  words?: string;
}

/** Has one part written anew by a job, as an instruction wants it. */
export function RegenerateButton({ collection, state, part, words = t("Write anew") }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {words}
        {part !== null && (
          <span className="visually-hidden"> {nameOfPart(state.content, part)}</span>
        )}
      </button>
      {isOpen && (
        <Apart>
          <Regeneration
            collection={collection}
            state={state}
            part={part}
            onClose={() => setOpen(false)}
          />
        </Apart>
      )}
    </>
  );
}

/** Holds a form of its own: the button may stand within an editor's, and no form holds another. */
function Apart({ children }: { children: ReactNode }) {
  return createPortal(
    <div onSubmit={(event) => event.stopPropagation()}>{children}</div>,
    document.body,
  );
}

function Regeneration({ collection, state, part, onClose }: Props & { onClose: () => void }) {
  const [instruction, setInstruction] = useState("");
  const [started, setStarted] = useState<Job | null>(null);
  const { isBusy, problem, submit } = useSubmit(async () => {
    const job = await body(
      api.POST("/api/v1/{collection}/{content_id}/regenerate", {
        params: { path: { collection, content_id: state.id } },
        body: {
          parts: part === null ? [] : [part],
          instruction: instruction.trim(),
        },
      }),
    );
    setStarted(job);
  });
  const name =
    part === null ? t("the parts whose source has changed") : nameOfPart(state.content, part);
  return (
    <Dialog title={t("Write anew: {name}", { name })} onClose={onClose}>
      {started === null ? (
        <form className="form" onSubmit={submit}>
          <TextField
            label={t("What should be different (optional)")}
            hint={t("For instance: shorter, with an example from sport.")}
            rows={3}
            maxLength={2_000}
            value={instruction}
            onChange={setInstruction}
          />
          <ProblemLine problem={problem} />
          <div className="form-actions">
            <button type="submit" className="button primary" disabled={isBusy}>
              {t("Write it anew")}
            </button>
            <button type="button" className="button" onClick={onClose}>
              {t("Keep it")}
            </button>
          </div>
        </form>
      ) : (
        <Running job={started} collection={collection} id={state.id} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface RunningProps {
  job: Job;
  collection: Collection;
  id: string;
  onClose: () => void;
}

function Running({ job, collection, id, onClose }: RunningProps) {
  const queries = useQueryClient();
  const watched = useJob(job, (ended) => {
    void queries.invalidateQueries({ queryKey: ["content", collection, id] });
    void queries.invalidateQueries({ queryKey: ["versions", id] });
    if (ended.status === "succeeded") onClose();
  });
  return <JobProgress job={watched} />;
}
