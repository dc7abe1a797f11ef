import { t } from "../words/words";
import { type Move, type ModeRules, missingWords, type OpenProblem } from "./modes";

interface Props {
  problem: OpenProblem;
  /** When a solution may be shown; undefined until it is known. */
  rules: ModeRules | undefined;
  isBusy: boolean;
  onMove: (move: Move, words: string) => void;
}

/** The problem that is open: how far one is with it, and what one can do. */
export function ProblemBar({ problem, rules, isBusy, onMove }: Props) {
  if (!problem.is_open) return null;
  const missing = missingWords(problem, rules);
  return (
    <section className="problem-bar" aria-label={t("Open problem")}>
      <p className="problem-line">
        <strong>{firstLine(problem.text)}</strong>
        <span className="fine-print">
          {t("Hints: {hints} · Answers: {answers}", {
            hints: problem.hints,
            answers: problem.answers,
          })}
        </span>
      </p>
      <p className="problem-moves">
        <button
          type="button"
          className="button"
          disabled={isBusy}
          onClick={() => onMove("hint", t("Give me a hint"))}
        >
          {t("Give me a hint")}
        </button>
        <button
          type="button"
          className="button"
          disabled={isBusy || !problem.may_be_shown}
          title={missing}
          onClick={() => onMove("solution", t("Show me the solution"))}
        >
          {t("Show me the solution")}
        </button>
        {problem.quiz_id !== null && (
          <button
            type="button"
            className="button quiet"
            disabled={isBusy}
            onClick={() => onMove("next", t("Another question"))}
          >
            {t("Another question")}
          </button>
        )}
      </p>
      {!problem.may_be_shown && <p className="fine-print">{missing}</p>}
    </section>
  );
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
