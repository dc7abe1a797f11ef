import { Field } from "../session/Field";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { ChoiceFields } from "./ChoiceFields";
import { GapFields } from "./GapFields";
import { PairFields } from "./PairFields";
import type { NumericQuestion, Question } from "./questions";

interface Props {
  question: Question;
  onChange: (question: Question) => void;
}

/** The key of a question, in the form of its kind. */
export function KeyFields({ question, onChange }: Props) {
  switch (question.kind) {
    case "single_choice":
    case "multiple_choice":
      return <ChoiceFields question={question} onChange={onChange} />;
    case "numeric":
      return <NumberFields question={question} onChange={onChange} />;
    case "short_answer":
      return (
        <div className="field-row">
          <TextField
            label={t("Accepted as they stand, one in each line")}
            rows={3}
            value={question.accepted.join("\n")}
            onChange={(text) => onChange({ ...question, accepted: lines(text) })}
          />
          <TextField
            label={t("What a full answer says, one point in each line")}
            rows={3}
            value={question.key_points.join("\n")}
            onChange={(text) => onChange({ ...question, key_points: lines(text) })}
          />
        </div>
      );
    case "expression":
      return (
        <div className="field-row">
          <Field
            label={t("Formula, such as m*v^2/2")}
            required
            maxLength={500}
            spellCheck={false}
            value={question.expression}
            onChange={(expression) => onChange({ ...question, expression })}
          />
          <Field
            label={t("Variables, separated by commas")}
            value={question.variables.join(", ")}
            onChange={(text) =>
              onChange({ ...question, variables: text === "" ? [] : text.split(/,\s*/) })
            }
          />
        </div>
      );
    case "cloze":
      return <GapFields question={question} onChange={onChange} />;
    case "ordering":
      return (
        <TextField
          label={t("In the right order, one in each line")}
          required
          rows={5}
          value={question.items.join("\n")}
          onChange={(text) => onChange({ ...question, items: lines(text) })}
        />
      );
    case "matching":
      return <PairFields question={question} onChange={onChange} />;
  }
}

interface NumberProps {
  question: NumericQuestion;
  onChange: (question: NumericQuestion) => void;
}

function NumberFields({ question, onChange }: NumberProps) {
  return (
    <>
      <div className="field-row">
        <Field
          label={t("Value")}
          type="number"
          step="any"
          required
          value={question.value}
          onChange={(value) => onChange({ ...question, value: Number(value) })}
        />
        <Field
          label={t("Unit, such as m/s**2")}
          maxLength={40}
          spellCheck={false}
          value={question.unit}
          onChange={(unit) => onChange({ ...question, unit })}
        />
        <Field
          label={t("Tolerance")}
          type="number"
          step="any"
          min={0}
          value={question.tolerance}
          onChange={(tolerance) => onChange({ ...question, tolerance: Number(tolerance) })}
        />
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={question.is_relative}
          onChange={({ target }) => onChange({ ...question, is_relative: target.checked })}
        />
        {t("The tolerance is a share of the value: 0.05 for 5 %")}
      </label>
    </>
  );
}

function lines(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
