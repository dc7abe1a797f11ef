/** Where a source span stands, and how much of its document is shown around it. */

const SHOWN_AROUND = 400;

interface Around {
  before: string;
  within: string;
  after: string;
}

/** The page that a place such as "page 3" names; null for places without pages. */
export function pageOf(place: string): number | null {
  const page = /^page (\d+)$/.exec(place)?.[1];
  return page === undefined ? null : Number(page);
}

/** A passage with a few lines before and after it, cut between words, or between rows of a table. */
export function nearby({ before, within, after }: Around): Around {
  return {
    before: before.length <= SHOWN_AROUND ? before : `…${withoutTornStart(before)}`,
    within,
    after: after.length <= SHOWN_AROUND ? after : `${withoutTornEnd(after)}…`,
  };
}

function withoutTornStart(text: string): string {
  return text
    .slice(-SHOWN_AROUND)
    .replace(/^(?:[^\n]*\|\n|\S*\s)/, (torn) => (torn.endsWith("|\n") ? "\n" : " "));
}

function withoutTornEnd(text: string): string {
  return text
    .slice(0, SHOWN_AROUND)
    .replace(/(?:\n\| [^\n]*|\s\S*)$/, (torn) => (torn.startsWith("\n| ") ? "\n" : " "));
}
