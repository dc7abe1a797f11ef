import { describe, expect, it } from "vitest";

import { draftPlace, keepDraftsOf } from "./drafts";

/** What the browser keeps, as far as drafts need it. */
function storageOf(...keys: string[]): Storage {
  const kept = new Map(keys.map((key) => [key, "words"]));
  return {
    get length() {
      return kept.size;
    },
    key: (place) => [...kept.keys()][place] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

const KEYS = [draftPlace("asha", "course"), draftPlace("ravi", "course"), "neuroshiksha.theme"];

function left(storage: Storage): string[] {
  return KEYS.filter((key) => storage.getItem(key) !== null);
}

describe("drafts", () => {
  it("of others are gone once someone signs in, their own stay", () => {
    const storage = storageOf(...KEYS);

    keepDraftsOf("asha", storage);

    expect(left(storage)).toEqual([KEYS[0], KEYS[2]]);
  });

  it("are gone once one signs out, and nothing else is", () => {
    const storage = storageOf(...KEYS);

    keepDraftsOf(null, storage);

    expect(left(storage)).toEqual([KEYS[2]]);
  });
});
