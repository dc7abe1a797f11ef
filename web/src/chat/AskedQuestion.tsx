import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";

import { t } from "../words/words";
import { LONGEST_QUESTION } from "./Composer";

interface Props {
  question: string;
  onEdit?: ((question: string) => void) | undefined;
}

/** A question as it was asked, and where it can be put differently. */
export function AskedQuestion({ question, onEdit }: Props) {
  const [isEditing, setEditing] = useState(false);
  const edit = useRef<HTMLButtonElement>(null);

  function close() {
    setEditing(false);
    edit.current?.focus();
  }

  if (onEdit === undefined) return <h2 className="question">{question}</h2>;
  return (
    <div className="asked">
      {isEditing ? (
        <EditForm question={question} onAsk={onEdit} onClose={close} />
      ) : (
        <h2 className="question">{question}</h2>
      )}
      <button
        type="button"
        ref={edit}
        className="button quiet"
        aria-label={t("Edit this question")}
        aria-expanded={isEditing}
        onClick={() => setEditing(!isEditing)}
      >
        {isEditing ? t("Cancel") : t("Edit")}
      </button>
    </div>
  );
}

interface FormProps {
  question: string;
  onAsk: (question: string) => void;
  onClose: () => void;
}

function EditForm({ question, onAsk, onClose }: FormProps) {
  const [text, setText] = useState(question);
  const field = useRef<HTMLTextAreaElement>(null);
  const edited = text.trim();
  const isAskable = edited !== "" && edited !== question;

  useEffect(() => field.current?.focus(), []);

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (!isAskable) return;
    onAsk(edited);
    onClose();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
  }

  return (
    <form className="edit-question" onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <textarea
        ref={field}
        rows={2}
        aria-label={t("The question, edited")}
        maxLength={LONGEST_QUESTION}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={!isAskable}>
        {t("Ask instead")}
      </button>
    </form>
  );
}
