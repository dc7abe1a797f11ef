/** Questions, with their keys as authors see them and without as learners do. */

import type { SourceSpan } from "../content/values";
import { t } from "../words/words";

interface Common {
  id: string;
  stem: string;
  points: number;
  explanation: string;
  difficulty: "beginner" | "intermediate" | "advanced";
  concepts: string[];
  sources?: SourceSpan[];
}

export interface Choice {
  id: string;
  text: string;
  is_right: boolean;
  reason: string;
  feedback: string;
}

export interface Gap {
  id: string;
  accepted: string[];
  options: string[];
}

export interface Pair {
  left: string;
  right: string;
}

export interface ChoiceQuestion extends Common {
  kind: "single_choice" | "multiple_choice";
  choices: Choice[];
}

export interface NumericQuestion extends Common {
  kind: "numeric";
  value: number;
  tolerance: number;
  is_relative: boolean;
  unit: string;
}

export interface ShortAnswerQuestion extends Common {
  kind: "short_answer";
  accepted: string[];
  key_points: string[];
}

export interface ExpressionQuestion extends Common {
  kind: "expression";
  expression: string;
  variables: string[];
}

export interface ClozeQuestion extends Common {
  kind: "cloze";
  gaps: Gap[];
}

export interface OrderingQuestion extends Common {
  kind: "ordering";
  items: string[];
}

export interface MatchingQuestion extends Common {
  kind: "matching";
  pairs: Pair[];
  distractors: string[];
}

export type Question =
  | ChoiceQuestion
  | NumericQuestion
  | ShortAnswerQuestion
  | ExpressionQuestion
  | ClozeQuestion
  | OrderingQuestion
  | MatchingQuestion;

export interface Quiz {
  title: string;
  language: string;
  introduction: string;
  questions: Question[];
}

export type QuestionKind = Question["kind"];

export const KIND_WORDS: Readonly<Record<QuestionKind, string>> = {
  single_choice: t("One choice"),
  multiple_choice: t("Several choices"),
  numeric: t("Number"),
  short_answer: t("Short answer"),
  expression: t("Formula"),
  cloze: t("Gaps"),
  ordering: t("Order"),
  matching: t("Pairs"),
};

/** A question as it is asked: what a learner may see of it, and nothing of its key. */
export interface AskedQuestion {
  id: string;
  kind: QuestionKind;
  stem: string;
  points: number;
  choices?: readonly { id: string; text: string }[];
  gaps?: readonly { id: string; options: readonly string[] }[];
  items?: readonly string[];
  lefts?: readonly string[];
  rights?: readonly string[];
  variables?: readonly string[];
}

export interface AskedQuiz {
  title: string;
  introduction: string;
  questions: AskedQuestion[];
}

/** The questions as asked, also where their reader is sent the keys with them. */
export function asked(quiz: AskedQuiz | Quiz): AskedQuiz {
  return { ...quiz, questions: quiz.questions.map(askedQuestion) };
}

function askedQuestion(question: AskedQuestion | Question): AskedQuestion {
  if ("pairs" in question) {
    const rights = [...question.pairs.map((pair) => pair.right), ...question.distractors];
    return {
      ...question,
      lefts: question.pairs.map((pair) => pair.left),
      rights: rights.toSorted((one, other) => one.localeCompare(other)),
    };
  }
  if (question.kind === "ordering" && "explanation" in question) {
    return {
      ...question,
      items: question.items.toSorted((one, other) => one.localeCompare(other)),
    };
  }
  return question as AskedQuestion;
}

/** A question of a kind, with as much in it as one of that kind needs. */
export function emptyQuestion(kind: QuestionKind, id: string): Question {
  const common: Common = {
    id,
    stem: "",
    points: 1,
    explanation: "",
    difficulty: "beginner",
    concepts: [],
    sources: [],
  };
  switch (kind) {
    case "single_choice":
    case "multiple_choice":
      return { ...common, kind, choices: [emptyChoice("a", true), emptyChoice("b", false)] };
    case "numeric":
      return { ...common, kind, value: 0, tolerance: 0, is_relative: false, unit: "" };
    case "short_answer":
      return { ...common, kind, accepted: [], key_points: [] };
    case "expression":
      return { ...common, kind, expression: "", variables: [] };
    case "cloze":
      return {
        ...common,
        kind,
        stem: "The {{g1}} is here.",
        gaps: [{ id: "g1", accepted: [""], options: [] }],
      };
    case "ordering":
      return { ...common, kind, items: ["", ""] };
    case "matching":
      return {
        ...common,
        kind,
        pairs: [
          { left: "", right: "" },
          { left: "", right: "" },
        ],
        distractors: [],
      };
  }
}

export function emptyChoice(id: string, isRight: boolean): Choice {
  return { id, text: "", is_right: isRight, reason: "", feedback: "" };
}
