import { loadFormulas } from "./useFormulas";

/** Fetches what shows an answer as Markdown. */
export async function loadAnswerText() {
  const { AnswerText } = await import("./AnswerText");
  return { default: AnswerText };
}

/** Fetches all that answers are shown with, so that it is there before the first of them is. */
export async function loadAnswerParts(): Promise<void> {
  await Promise.allSettled([loadAnswerText(), loadFormulas()]);
}
