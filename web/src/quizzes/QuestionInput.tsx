import { ProseLine } from "../content/Prose";
import { moved } from "../content/parts";
import { Field } from "../session/Field";
import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { type Answer, stemParts } from "./answers";
import type { AskedQuestion } from "./questions";

interface Props {
  question: AskedQuestion;
  answer: Answer | undefined;
  onAnswer: (answer: Answer) => void;
}

/** Where a learner answers one question, as its kind has it. */
export function QuestionInput(props: Props) {
  switch (props.question.kind) {
    case "single_choice":
    case "multiple_choice":
      return <Choices {...props} />;
    case "cloze":
      return <Gaps {...props} />;
    case "ordering":
      return <Order {...props} />;
    case "matching":
      return <Matches {...props} />;
    case "numeric":
    case "expression":
    case "short_answer":
      return <Written {...props} />;
  }
}

function Choices({ question, answer, onAnswer }: Props) {
  const chosen = answer?.kind === "choice" ? answer.chosen : [];
  const isSingle = question.kind === "single_choice";
  const toggled = (id: string) =>
    chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
  return (
    <div className="answer-choices">
      {question.choices?.map((choice) => (
        <label key={choice.id} className="choice">
          <input
            type={isSingle ? "radio" : "checkbox"}
            name={question.id}
            checked={chosen.includes(choice.id)}
            onChange={() =>
              onAnswer({ kind: "choice", chosen: isSingle ? [choice.id] : toggled(choice.id) })
            }
          />
          <span>
            <ProseLine text={choice.text} />
          </span>
        </label>
      ))}
    </div>
  );
}

const WRITTEN: Partial<Record<AskedQuestion["kind"], { label: string; hint: string }>> = {
  numeric: {
    label: t("Your number"),
    hint: t("With its unit where it has one, such as 9.8 m/s^2."),
  },
  expression: { label: t("Your formula"), hint: t("Typed as m*v^2/2 or sqrt(2*g*h).") },
};

function Written({ question, answer, onAnswer }: Props) {
  const text = answer?.kind === "written" ? answer.text : "";
  const onChange = (next: string) => onAnswer({ kind: "written", text: next });
  const told = WRITTEN[question.kind];
  if (told === undefined) {
    return (
      <TextField
        label={t("Your answer")}
        rows={3}
        maxLength={5_000}
        value={text}
        onChange={onChange}
      />
    );
  }
  const named = question.variables?.length
    ? t(" In terms of {variables}.", { variables: question.variables.join(", ") })
    : "";
  return (
    <Field
      label={told.label}
      hint={told.hint + named}
      autoComplete="off"
      spellCheck={false}
      maxLength={500}
      value={text}
      onChange={onChange}
    />
  );
}

function Gaps({ question, answer, onAnswer }: Props) {
  const filled = answer?.kind === "gaps" ? answer.gaps : {};
  const fill = (id: string, text: string) =>
    onAnswer({ kind: "gaps", gaps: { ...filled, [id]: text } });
  const order = question.gaps?.map((gap) => gap.id) ?? [];
  return (
    <p className="gap-text">
      {stemParts(question.stem).map(({ text, gap }) => {
        const options = question.gaps?.find((each) => each.id === gap)?.options ?? [];
        const label = t("Gap {order}", { order: order.indexOf(gap ?? "") + 1 });
        return (
          <span key={gap ?? "rest"}>
            <ProseLine text={text} />
            {gap !== null && options.length > 0 && (
              <select
                aria-label={label}
                value={filled[gap] ?? ""}
                onChange={(event) => fill(gap, event.target.value)}
              >
                <option value="">…</option>
                {options.map((option) => (
                  <option key={option}>{option}</option>
                ))}
              </select>
            )}
            {gap !== null && options.length === 0 && (
              <input
                aria-label={label}
                autoComplete="off"
                maxLength={500}
                value={filled[gap] ?? ""}
                onChange={(event) => fill(gap, event.target.value)}
              />
            )}
          </span>
        );
      })}
    </p>
  );
}

function Order({ question, answer, onAnswer }: Props) {
  const items = answer?.kind === "order" ? answer.items : [...(question.items ?? [])];
  const move = (index: number, by: -1 | 1) =>
    onAnswer({ kind: "order", items: moved(items, index, by) });
  return (
    <>
      <ol className="order">
        {items.map((item, n) => (
          <li key={item}>
            <span>
              <ProseLine text={item} />
            </span>
            <button
              type="button"
              className="button icon"
              disabled={n === 0}
              aria-label={t("Move up: {item}", { item })}
              onClick={() => move(n, -1)}
            >
              <span aria-hidden="true">↑</span>
            </button>
            <button
              type="button"
              className="button icon"
              disabled={n === items.length - 1}
              aria-label={t("Move down: {item}", { item })}
              onClick={() => move(n, 1)}
            >
              <span aria-hidden="true">↓</span>
            </button>
          </li>
        ))}
      </ol>
      {answer === undefined && (
        <button
          type="button"
          className="button quiet"
          onClick={() => onAnswer({ kind: "order", items })}
        >
          {t("It is right as it stands")}
        </button>
      )}
    </>
  );
}

function Matches({ question, answer, onAnswer }: Props) {
  const matches = answer?.kind === "matches" ? answer.matches : {};
  function match(left: string, right: string) {
    const { [left]: _, ...others } = matches;
    onAnswer({ kind: "matches", matches: right === "" ? others : { ...others, [left]: right } });
  }
  return (
    <div className="matches">
      {question.lefts?.map((left) => (
        <label key={left}>
          <span>
            <ProseLine text={left} />
          </span>
          <select value={matches[left] ?? ""} onChange={(event) => match(left, event.target.value)}>
            <option value="">…</option>
            {question.rights?.map((right) => (
              <option key={right}>{right}</option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}
