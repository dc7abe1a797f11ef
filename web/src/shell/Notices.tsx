import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";

import { ApiProblem } from "../api/problem";
import { t } from "../words/words";

const SHOWN_MS = 12_000;

interface Notice {
  id: number;
  text: string;
  undo: (() => Promise<void>) | null;
}

/** Says in passing what was done, with the way to undo it where there is one. */
type Notify = (text: string, undo?: () => Promise<void>) => void;

const NotifyContext = createContext<Notify | null>(null);

let lastId = 0;

/** Shows what its views have to say in passing, the latest alone. */
export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | null>(null);
  const notify = useCallback<Notify>((text, undo) => {
    lastId += 1;
    setNotice({ id: lastId, text, undo: undo ?? null });
  }, []);
  return (
    <NotifyContext value={notify}>
      {children}
      <div role="status" className="notices">
        {notice !== null && (
          <NoticeLine
            key={notice.id}
            notice={notice}
            onNext={notify}
            onEnd={() => setNotice((shown) => (shown === notice ? null : shown))}
          />
        )}
      </div>
    </NotifyContext>
  );
}

export function useNotify(): Notify {
  const notify = useContext(NotifyContext);
  if (notify === null) throw new Error("useNotify needs a NoticeProvider above it");
  return notify;
}

interface LineProps {
  notice: Notice;
  onNext: Notify;
  onEnd: () => void;
}

function NoticeLine({ notice, onNext, onEnd }: LineProps) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(onEnd, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isHeld, onEnd]);

  async function undo(act: () => Promise<void>) {
    try {
      await act();
      onNext(t("Undone."));
    } catch (error) {
      onNext(error instanceof ApiProblem ? error.message : t("That could not be undone."));
    }
  }

  const { undo: act } = notice;
  return (
    <div
      className="notice-line"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <p>{notice.text}</p>
      {act !== null && (
        <button type="button" className="button" onClick={() => void undo(act)}>
          {t("Undo")}
        </button>
      )}
      <button type="button" className="button quiet icon" aria-label={t("Dismiss")} onClick={onEnd}>
        <span aria-hidden="true">✕</span>
      </button>
    </div>
  );
}
