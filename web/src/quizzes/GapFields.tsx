import { changed } from "../content/parts";
import { Field } from "../session/Field";
import { t } from "../words/words";
import type { ClozeQuestion, Gap } from "./questions";

interface Props {
  question: ClozeQuestion;
  onChange: (question: ClozeQuestion) => void;
}

/** What may stand in the gaps of a text; a gap comes and goes with its name in the text. */
export function GapFields({ question, onChange }: Props) {
  const { gaps } = question;
  const set = (next: Gap[]) => onChange({ ...question, gaps: next });
  if (gaps.length === 0)
    return <p className="notice">{t("Write {{g1}} where a gap should be.")}</p>;
  return (
    <div className="choice-fields">
      {gaps.map((gap, n) => (
        <div key={gap.id} className="field-row">
          <Field
            label={t("Gap {id}: accepted, the key first, separated by |", { id: gap.id })}
            required
            value={gap.accepted.join(" | ")}
            onChange={(text) => set(changed(gaps, n, { ...gap, accepted: parts(text) }))}
          />
          <Field
            label={t("Gap {id}: to choose from, or empty to be written", { id: gap.id })}
            value={gap.options.join(" | ")}
            onChange={(text) => set(changed(gaps, n, { ...gap, options: parts(text) }))}
          />
        </div>
      ))}
    </div>
  );
}

function parts(text: string): string[] {
  return text === "" ? [] : text.split(/ ?\| ?/);
}
