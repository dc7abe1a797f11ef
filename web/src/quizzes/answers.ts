/** What a learner answers, in the form in which it is graded. */

import type { AskedQuestion } from "./questions";

export type Answer =
  | { kind: "choice"; chosen: string[] }
  | { kind: "written"; text: string }
  | { kind: "gaps"; gaps: Record<string, string> }
  | { kind: "order"; items: string[] }
  | { kind: "matches"; matches: Record<string, string> };

export type Answers = Readonly<Record<string, Answer>>;

/** Whether something was answered: an order counts once it was looked at and kept or changed. */
export function isAnswered(answer: Answer | undefined): boolean {
  if (answer === undefined) return false;
  switch (answer.kind) {
    case "choice":
      return answer.chosen.length > 0;
    case "written":
      return answer.text.trim() !== "";
    case "gaps":
      return Object.values(answer.gaps).some((text) => text.trim() !== "");
    case "order":
      return true;
    case "matches":
      return Object.keys(answer.matches).length > 0;
  }
}

/** The answers that say something, to be handed in. */
export function given(answers: Answers): Record<string, Answer> {
  return Object.fromEntries(Object.entries(answers).filter(([, answer]) => isAnswered(answer)));
}

export function countAnswered(questions: readonly AskedQuestion[], answers: Answers): number {
  return questions.filter((question) => isAnswered(answers[question.id])).length;
}

/** A cloze's stem as running text and gaps, in order. */
export function stemParts(stem: string): { text: string; gap: string | null }[] {
  const parts: { text: string; gap: string | null }[] = [];
  let end = 0;
  for (const match of stem.matchAll(/\{\{([a-z0-9-]+)\}\}/g)) {
    parts.push({ text: stem.slice(end, match.index), gap: match[1] ?? null });
    end = match.index + match[0].length;
  }
  if (end < stem.length) parts.push({ text: stem.slice(end), gap: null });
  return parts;
}
