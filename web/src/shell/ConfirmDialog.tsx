import type { ReactNode } from "react";

import { useSubmit } from "../session/useSubmit";
import { t } from "../words/words";
import { Dialog } from "./Dialog";
import { ProblemLine } from "./ProblemLine";

interface Props {
  title: string;
  /** What the button says that does it. */
  act: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something is done that cannot be undone; closes once it is done. */
export function ConfirmDialog({ title, act, onConfirm, onClose, children }: Props) {
  const { isBusy, problem, submit } = useSubmit(async () => {
    await onConfirm();
    onClose();
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        {children}
        <ProblemLine problem={problem} />
        <div className="form-actions">
          <button type="submit" className="button danger" disabled={isBusy}>
            {act}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {t("Keep it")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
