/** What is being written and not yet sent, kept in the browser's tab for the one who writes it. */

const PREFIX = "neuroshiksha.draft.";

/** Where a person's draft of one thing is kept. */
export function draftPlace(personId: string, key: string): string {
  return `${PREFIX}${personId}.${key}`;
}

/** Removes everyone's drafts but those of this person; of everyone, where it is nobody. */
export function keepDraftsOf(personId: string | null, storage: Storage = sessionStorage): void {
  const own = personId === null ? null : draftPlace(personId, "");
  const kept = Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? "");
  for (const key of kept) {
    const isOwn = own !== null && key.startsWith(own);
    if (key.startsWith(PREFIX) && !isOwn) storage.removeItem(key);
  }
}
