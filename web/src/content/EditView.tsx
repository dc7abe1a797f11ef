import { useState } from "react";

import { DeckEditor } from "../cards/DeckEditor";
import { GuideEditor } from "../lessons/GuideEditor";
import { LessonEditor } from "../lessons/LessonEditor";
import { QuizEditor } from "../quizzes/QuizEditor";
import type { Quiz } from "../quizzes/questions";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { NothingHere } from "../shell/NothingHere";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { useDraft } from "../shell/useDraft";
import { SlidesEditor } from "../slides/SlidesEditor";
import { t } from "../words/words";
import type { Collection } from "./collections";
import { useOpenedContent } from "./ContentPage";
import { type ContentState, replaceContent, useContentChange } from "./useContent";
import type { Deck, Lesson, SlideDeck, StudyGuide } from "./values";

/** Where a teacher edits content; what is not saved yet is kept through a reload. */
export function EditView() {
  const { state, collection, canEdit } = useOpenedContent();
  if (!canEdit) return <NothingHere />;
  return <Editor key={`${state.id}-${state.version}`} collection={collection} state={state} />;
}

function Editor({ collection, state }: { collection: Collection; state: ContentState }) {
  const key = `edit-${state.id}-${state.version}`;
  const [value, setValue, forget] = useDraft<unknown>(key, state.content);
  const [why, setWhy] = useState("");
  const take = useContentChange(collection);
  const notify = useNotify();
  const isChanged = JSON.stringify(value) !== JSON.stringify(state.content);
  const { isBusy, problem, submit } = useSubmit(async () => {
    const saved = await replaceContent(collection, state, value as object, why.trim());
    forget();
    take(saved);
    notify(
      t("Kept as version {version}. Learners see it once it is published.", {
        version: saved.version,
      }),
    );
  });
  return (
    <form className="editor" onSubmit={submit}>
      <KindEditor collection={collection} value={value} onChange={setValue} />
      <div className="save-bar">
        <ProblemLine problem={problem} />
        <Field
          label={t("What is different (optional)")}
          maxLength={300}
          value={why}
          onChange={setWhy}
        />
        <button type="submit" className="button primary" disabled={isBusy || !isChanged}>
          {t("Save")}
        </button>
        <button
          type="button"
          className="button"
          disabled={!isChanged}
          onClick={() => {
            forget();
            setValue(state.content);
          }}
        >
          {t("Throw away")}
        </button>
      </div>
    </form>
  );
}

interface KindEditorProps {
  collection: Collection;
  value: unknown;
  onChange: (value: unknown) => void;
}

function KindEditor({ collection, value, onChange }: KindEditorProps) {
  switch (collection) {
    case "lessons":
      return <LessonEditor lesson={value as Lesson} onChange={onChange} />;
    case "study-guides":
      return <GuideEditor guide={value as StudyGuide} onChange={onChange} />;
    case "quizzes":
      return <QuizEditor quiz={value as Quiz} onChange={onChange} />;
    case "decks":
      return <DeckEditor deck={value as Deck} onChange={onChange} />;
    case "slide-decks":
      return <SlidesEditor deck={value as SlideDeck} onChange={onChange} />;
    case "videos":
      return <SlidesEditor deck={value as SlideDeck} onChange={onChange} isNarrated />;
  }
}
