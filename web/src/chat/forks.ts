import type { components } from "../api/schema";

type Fork = components["schemas"]["VersionRead"][];

/** Which of the messages in one place a message is, and where the ones beside it lead. */
export interface Versions {
  number: number;
  count: number;
  /** The ends of the branches through its neighbours; null where there is none. */
  earlier: string | null;
  later: string | null;
}

/** The versions among which a message stands; null where it stands alone. */
export function versionsOf(forks: readonly Fork[], messageId: string | null): Versions | null {
  for (const fork of forks) {
    const position = fork.findIndex((version) => version.message_id === messageId);
    if (position === -1) continue;
    return {
      number: position + 1,
      count: fork.length,
      earlier: fork[position - 1]?.leaf ?? null,
      later: fork[position + 1]?.leaf ?? null,
    };
  }
  return null;
}
