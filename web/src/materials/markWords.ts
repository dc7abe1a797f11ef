export interface MarkedPart {
  start: number;
  text: string;
  isMarked: boolean;
}

/** Words that stand in nearly every sentence mark nothing. */
const COMMON = new Set(
  "a an and are as at be by do does for from how in is it of on or that the this to was what when where which who why with".split(
    " ",
  ),
);
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** A word of this many letters also stands for its longer forms: "wave" for "waves". */
const STEM_LETTERS = 4;

/** Cuts a passage into the words of a question, in any letter case and ending, and what is between. */
export function markWords(passage: string, question: string): MarkedPart[] {
  const wanted = [...question.matchAll(WORD)]
    .map(([word]) => word.toLowerCase())
    .filter((word) => !COMMON.has(word));
  const parts: MarkedPart[] = [];
  let end = 0;
  const cut = (until: number, isMarked: boolean) => {
    if (until > end) parts.push({ start: end, text: passage.slice(end, until), isMarked });
    end = until;
  };
  for (const found of passage.matchAll(WORD)) {
    const word = found[0].toLowerCase();
    if (!wanted.some((want) => isForm(word, want))) continue;
    cut(found.index, false);
    cut(found.index + word.length, true);
  }
  cut(passage.length, false);
  return parts;
}

function isForm(word: string, wanted: string): boolean {
  if (word === wanted) return true;
  const [short, long] = word.length < wanted.length ? [word, wanted] : [wanted, word];
  return short.length >= STEM_LETTERS && long.length - short.length <= 3 && long.startsWith(short);
}
