import { changed } from "../content/parts";
import { Field } from "../session/Field";
import { t } from "../words/words";
import { type Choice, type ChoiceQuestion, emptyChoice } from "./questions";

const MOST = 10;

interface Props {
  question: ChoiceQuestion;
  onChange: (question: ChoiceQuestion) => void;
}

/** The choices of a question: which are right, and what each wrong one stands for. */
export function ChoiceFields({ question, onChange }: Props) {
  const { choices } = question;
  const isSingle = question.kind === "single_choice";
  const set = (next: Choice[]) => onChange({ ...question, choices: next });
  function mark(n: number, isRight: boolean) {
    set(
      choices.map((choice, each) => ({
        ...choice,
        is_right: each === n ? isRight : !isSingle && choice.is_right,
      })),
    );
  }
  return (
    <div className="choice-fields">
      {choices.map((choice, n) => (
        <div key={choice.id} className="choice-field">
          <label className="check">
            <input
              type={isSingle ? "radio" : "checkbox"}
              name={`right-${question.id}`}
              checked={choice.is_right}
              onChange={({ target }) => mark(n, target.checked)}
            />
            {t("Choice {n} is right", { n: n + 1 })}
          </label>
          <Field
            label={t("Choice {n}", { n: n + 1 })}
            required
            value={choice.text}
            onChange={(text) => set(changed(choices, n, { ...choice, text }))}
          />
          {!choice.is_right && (
            <div className="field-row">
              <Field
                label={t("The misconception behind it, for teachers")}
                maxLength={1_000}
                value={choice.reason}
                onChange={(reason) => set(changed(choices, n, { ...choice, reason }))}
              />
              <Field
                label={t("What a learner who chose it is told")}
                maxLength={2_000}
                value={choice.feedback}
                onChange={(feedback) => set(changed(choices, n, { ...choice, feedback }))}
              />
            </div>
          )}
          <button
            type="button"
            className="button quiet"
            disabled={choices.length <= 2}
            aria-label={t("Take out: choice {n}", { n: n + 1 })}
            onClick={() => set(choices.filter((other) => other !== choice))}
          >
            {t("Take out")}
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button"
        disabled={choices.length >= MOST}
        onClick={() => set([...choices, emptyChoice(freeLetter(choices), false)])}
      >
        {t("Add: choice")}
      </button>
    </div>
  );
}

function freeLetter(choices: readonly Choice[]): string {
  const taken = new Set(choices.map((choice) => choice.id));
  return [..."abcdefghijklmnop"].find((letter) => !taken.has(letter)) ?? `c${choices.length + 1}`;
}
