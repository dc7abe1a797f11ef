import { t } from "../words/words";
import type { WishKind } from "./wish";

const KINDS: readonly { kind: WishKind; title: string; what: string }[] = [
  { kind: "quiz", title: t("Quiz"), what: t("Questions with keys and feedback") },
  { kind: "lesson", title: t("Lesson"), what: t("Explanations, examples, exercises") },
  { kind: "flashcards", title: t("Flashcards"), what: t("For spaced reviews, and for Anki") },
  { kind: "study_guide", title: t("Study guide"), what: t("What to know before an exam") },
  { kind: "slides", title: t("Slides"), what: t("With speaker notes, PDF and PowerPoint") },
  { kind: "video", title: t("Video"), what: t("Narrated slides with captions") },
];

interface Props {
  value: WishKind;
  onChange: (kind: WishKind) => void;
}

/** The kinds of content that can be made. */
export function KindChoice({ value, onChange }: Props) {
  return (
    <fieldset className="choices kind-choice">
      <legend>{t("Kind")}</legend>
      {KINDS.map(({ kind, title, what }) => (
        <label key={kind} className="choice">
          <input
            type="radio"
            name="kind"
            value={kind}
            checked={value === kind}
            onChange={() => onChange(kind)}
          />
          <span>
            <strong>{title}</strong>
            <span className="fine-print">{what}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
