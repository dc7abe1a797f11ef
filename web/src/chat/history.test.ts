import { expect, test } from "vitest";

import type { components } from "../api/schema";
import { beforeFirst, withEarlier, withNewest } from "./history";

type Conversation = components["schemas"]["ConversationWithMessages"];

/** Messages `m<from>` to `m<to>`, each following the one before it. */
function reading(from: number, to: number, forks: string[][] = []): Conversation {
  const messages = Array.from({ length: to - from + 1 }, (_, place) => {
    const number = from + place;
    return { id: `m${number}`, parent_id: number === 1 ? null : `m${number - 1}`, content: "" };
  });
  const forksOf = forks.map((ids) => ids.map((id) => ({ message_id: id, leaf: id })));
  return { id: "c", messages, leaves: [], forks: forksOf } as unknown as Conversation;
}

const ids = (messages: { id: string }[]) => messages.map(({ id }) => id).join(" ");

test("earlier messages come before, and the beginning has none before it", () => {
  const newest = withNewest(null, reading(3, 4));
  const whole = withEarlier(newest, reading(1, 2));

  expect(beforeFirst(newest)).toBe("m2");
  expect(ids(whole.messages)).toBe("m1 m2 m3 m4");
  expect(beforeFirst(whole)).toBeNull();
  expect(whole.begunAt).toBe("m3");
});

test("a newer reading that begins later keeps what was read before it", () => {
  const whole = withEarlier(withNewest(null, reading(3, 4)), reading(1, 2));

  const later = withNewest(whole, reading(5, 6));
  const slid = withNewest(whole, reading(4, 6));

  expect(ids(later.messages)).toBe("m5 m6"); // another branch, as nothing joins them
  expect(ids(slid.messages)).toBe("m1 m2 m3 m4 m5 m6");
  expect(slid.begunAt).toBe("m3");
});

test("messages read anew take the place of their own, and strangers change nothing", () => {
  const known = withNewest(null, reading(3, 4));
  const rated = reading(3, 3);
  (rated.messages[0] as { content: string }).content = "rated";

  expect(withEarlier(known, rated).messages.map(({ content }) => content)).toEqual(["rated", ""]);
  expect(withEarlier(known, reading(7, 8))).toBe(known);
});

test("of the forks in one place those of the newer reading count", () => {
  const known = withNewest(null, reading(3, 4, [["m3", "m3b"]]));
  const whole = withEarlier(known, reading(1, 2, [["m1", "m1b"], ["m3"]]));

  expect(whole.forks.map((fork) => fork.map(({ message_id }) => message_id))).toEqual([
    ["m1", "m1b"],
    ["m3", "m3b"],
  ]);
});
