import { told } from "../words/words";

const AMOUNT = /\d+(?:,\d{3})*/;
const PAGES = /^pages? (\d[\d, .-]*?) (?:is|are) /;

/** Why a file, or a part of one, is not in the course, with the figures of the server's sentence. */
export function reasonWords(code: string | null | undefined, said: string): string {
  const first = AMOUNT.exec(said)?.[0] ?? "";
  const pages = PAGES.exec(said)?.[1] ?? "";
  return told(code ?? undefined, said, { first, pages });
}
