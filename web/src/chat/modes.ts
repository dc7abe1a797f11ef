import type { components } from "../api/schema";
import { language, t } from "../words/words";

export type Mode = components["schemas"]["TutorMode"];
export type ModeRules = components["schemas"]["ModePolicyBody"];
export type OpenProblem = components["schemas"]["OpenProblemRead"];
/** What is done about the open problem, where no words are needed. */
export type Move = "hint" | "solution" | "next";

export interface ModeWords {
  name: string;
  /** What it does, for those who choose it. */
  effect: string;
  /** What stands in the empty field. */
  prompt: string;
}

export const MODE_WORDS: Readonly<Record<Mode, ModeWords>> = {
  explain: {
    name: t("Explain"),
    effect: t("Answers from the course, with its sources."),
    prompt: t("Ask about this course"),
  },
  socratic: {
    name: t("Ask me questions"),
    effect: t("Leads you to the answer by questions."),
    prompt: t("What do you want to find out?"),
  },
  hints: {
    name: t("Hints"),
    effect: t("One hint at a time, never the answer too early."),
    prompt: t("Which problem are you working on?"),
  },
  quiz_me: {
    name: t("Quiz me"),
    effect: t("Asks questions of the course's quizzes, what you need most first."),
    prompt: t("A topic, or your answer"),
  },
  check_my_work: {
    name: t("Check my work"),
    effect: t("Says what is right so far, and where to look again."),
    prompt: t("Your work, a step in each line"),
  },
  worked_example: {
    name: t("Worked example"),
    effect: t("Shows how such a problem is solved."),
    prompt: t("An example of what?"),
  },
  simpler: {
    name: t("Simpler"),
    effect: t("The same in simpler words."),
    prompt: t("What should be simpler?"),
  },
  deeper: {
    name: t("Deeper"),
    effect: t("Reasons, limits and connections."),
    prompt: t("What do you want to know more about?"),
  },
  plan: {
    name: t("Plan my study"),
    effect: t("Your next steps in this course."),
    prompt: t("Your goal, and the time you have"),
  },
};

/** What a solution still waits for; the server's own sentence says it best, but in English. */
export function missingWords(problem: OpenProblem, rules: ModeRules | undefined): string {
  if (language === "en" || rules === undefined || problem.may_be_shown) return problem.missing;
  if (!rules.shows_solutions) return t("Solutions are not shown in this course.");
  return t("The solution waits for this many more: hints {hints}, answers of your own {answers}", {
    hints: Math.max(0, rules.hints_before_solution - problem.hints),
    answers: Math.max(0, rules.attempts_before_solution - problem.answers),
  });
}
