/** The parts of content that have ids, such as sections, questions, cards and slides. */

type Part = Record<string, unknown>;

const NAMED_BY = ["heading", "stem", "front", "problem", "text", "term"] as const;
const NAME_LENGTH = 90;

/** What a part says of itself, short; its id where it is gone or says nothing. */
export function nameOfPart(content: Record<string, unknown>, id: string): string {
  for (const value of Object.values(content)) {
    if (!Array.isArray(value)) continue;
    const part = (value as Part[]).find((candidate) => candidate?.["id"] === id);
    if (part !== undefined) return nameOf(part) ?? id;
  }
  return id;
}

/** The ids of all parts, in their order. */
export function partIds(content: Record<string, unknown>): string[] {
  const lists = Object.values(content).filter((value) => Array.isArray(value)) as Part[][];
  return lists.flat().flatMap((part) => (typeof part?.["id"] === "string" ? [part["id"]] : []));
}

/** An id that no part of the list has yet: "card-3" beside "card-1" and "card-2". */
export function freeId(beginning: string, parts: readonly { id: string }[]): string {
  const taken = new Set(parts.map((part) => part.id));
  let number = parts.length + 1;
  while (taken.has(`${beginning}-${number}`)) number += 1;
  return `${beginning}-${number}`;
}

/** The list with one part a place up (-1) or down (1); unchanged at its ends. */
export function moved<Item>(items: readonly Item[], index: number, by: -1 | 1): Item[] {
  const to = index + by;
  const result = [...items];
  const [item] = result.splice(index, 1);
  if (item === undefined || to < 0 || to >= items.length) return [...items];
  result.splice(to, 0, item);
  return result;
}

/** The list with one part changed. */
export function changed<Item>(items: readonly Item[], index: number, item: Item): Item[] {
  return items.map((each, n) => (n === index ? item : each));
}

function nameOf(part: Part): string | null {
  for (const field of NAMED_BY) {
    const text = part[field];
    if (typeof text !== "string" || text.trim() === "") continue;
    const line = text
      .replace(/\{\{[^}]*\}\}/g, "…")
      .replace(/\*\*|__|`/g, "")
      .replace(/\s+/g, " ")
      .trim();
    return line.length <= NAME_LENGTH ? line : `${line.slice(0, NAME_LENGTH)}…`;
  }
  return null;
}
