import { useCallback, useState } from "react";

import { usePerson } from "../session/session";
import { draftPlace } from "./drafts";

/** What one is writing, kept through a reload or a session that ends; `forget` once it is sent. */
export function useDraft<Draft>(
  key: string,
  initial: Draft,
): [draft: Draft, setDraft: (draft: Draft) => void, forget: () => void] {
  const stored = draftPlace(usePerson().id, key);
  const [draft, setDraft] = useState<Draft>(() => read(stored) ?? initial);
  const write = useCallback(
    (next: Draft) => {
      sessionStorage.setItem(stored, JSON.stringify(next));
      setDraft(next);
    },
    [stored],
  );
  const forget = useCallback(() => sessionStorage.removeItem(stored), [stored]);
  return [draft, write, forget];
}

function read<Draft>(stored: string): Draft | null {
  const text = sessionStorage.getItem(stored);
  return text === null ? null : (JSON.parse(text) as Draft);
}
