import { changed } from "../content/parts";
import { Field } from "../session/Field";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import type { MatchingQuestion, Pair } from "./questions";

const MOST = 12;

interface Props {
  question: MatchingQuestion;
  onChange: (question: MatchingQuestion) => void;
}

/** What belongs together, and right sides that belong to nothing. */
export function PairFields({ question, onChange }: Props) {
  const { pairs } = question;
  const set = (next: Pair[]) => onChange({ ...question, pairs: next });
  return (
    <div className="choice-fields">
      {pairs.map((pair, n) => (
        // Both sides are typed over; only the place of a pair stays.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={n} className="field-row">
          <Field
            label={t("Left {n}", { n: n + 1 })}
            required
            maxLength={500}
            value={pair.left}
            onChange={(left) => set(changed(pairs, n, { ...pair, left }))}
          />
          <Field
            label={t("Right {n}", { n: n + 1 })}
            required
            maxLength={500}
            value={pair.right}
            onChange={(right) => set(changed(pairs, n, { ...pair, right }))}
          />
          <button
            type="button"
            className="button quiet"
            disabled={pairs.length <= 2}
            aria-label={t("Take out: pair {n}", { n: n + 1 })}
            onClick={() => set(pairs.filter((other) => other !== pair))}
          >
            {t("Take out")}
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button"
        disabled={pairs.length >= MOST}
        onClick={() => set([...pairs, { left: "", right: "" }])}
      >
        {t("Add: pair")}
      </button>
      <TextField
        label={t("Right sides that belong to nothing, one in each line")}
        rows={2}
        value={question.distractors.join("\n")}
        onChange={(text) =>
          onChange({ ...question, distractors: text === "" ? [] : text.split("\n") })
        }
      />
    </div>
  );
}
