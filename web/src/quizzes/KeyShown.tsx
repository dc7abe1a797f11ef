import { ProseLine } from "../content/Prose";
import { t } from "../words/words";
import type { Question, QuestionKind } from "./questions";

/** Their keys are in the grammar of what is typed, where a star is no emphasis. */
const TYPED: readonly QuestionKind[] = ["numeric", "expression"];

/** The right answer to a question, in words. */
export function KeyShown({ question }: { question: Question }) {
  const lines = keyLines(question);
  if (lines.length === 0) return null;
  return (
    <div className="key">
      <p className="fine-print">{t("Right is")}</p>
      <ul>
        {lines.map((line) => (
          <li key={line}>{TYPED.includes(question.kind) ? line : <ProseLine text={line} />}</li>
        ))}
      </ul>
    </div>
  );
}

function keyLines(question: Question): string[] {
  switch (question.kind) {
    case "single_choice":
    case "multiple_choice":
      return question.choices.filter((choice) => choice.is_right).map((choice) => choice.text);
    case "numeric":
      return [numberWords(question)];
    case "short_answer":
      return question.accepted.length > 0 ? question.accepted.slice(0, 1) : question.key_points;
    case "expression":
      return [question.expression];
    case "cloze":
      return question.gaps.map((gap) => gap.accepted[0] ?? "");
    case "ordering":
      return question.items.map((item, n) => `${n + 1}\\. ${item}`);
    case "matching":
      return question.pairs.map(({ left, right }) => `${left}: ${right}`);
  }
}

interface Value {
  value: number;
  tolerance: number;
  is_relative: boolean;
  unit: string;
}

function numberWords({ value, tolerance, is_relative, unit }: Value): string {
  const within = tolerance === 0 ? "" : ` (± ${is_relative ? `${tolerance * 100} %` : tolerance})`;
  return `${value}${unit === "" ? "" : ` ${unit}`}${within}`;
}
