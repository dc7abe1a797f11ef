import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";

import { usePerson } from "../session/session";
import { draftPlace } from "../shell/drafts";
import { t } from "../words/words";

export const LONGEST_QUESTION = 8000;

interface Props {
  draftKey: string;
  isBusy: boolean;
  placeholder: string;
  onAsk: (question: string) => void;
}

/** Where a question is written: Enter asks, Shift+Enter breaks the line, drafts are kept. */
export function Composer({ draftKey, isBusy, placeholder, onAsk }: Props) {
  const storageKey = draftPlace(usePerson().id, `question.${draftKey}`);
  const [text, setText] = useState(() => sessionStorage.getItem(storageKey) ?? "");
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => sessionStorage.setItem(storageKey, text), [storageKey, text]);

  useEffect(() => {
    if (!isBusy) field.current?.focus({ preventScroll: true });
  }, [isBusy]);

  function ask() {
    const question = text.trim();
    if (question === "" || isBusy) return;
    setText("");
    onAsk(question);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    ask();
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    ask();
  }

  return (
    <form className="composer" onSubmit={onSubmit}>
      <label className="visually-hidden" htmlFor="question">
        {t("Your question")}
      </label>
      <textarea
        id="question"
        ref={field}
        rows={1}
        maxLength={LONGEST_QUESTION}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="button primary" disabled={isBusy || text.trim() === ""}>
        {t("Ask")}
      </button>
    </form>
  );
}
