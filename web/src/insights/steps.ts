/** Where a question leads that found no good answer. */

export interface Steps {
  slug: string;
  /** Opens what corrects an answer; null for who may not. */
  onCorrect: ((wanted: { question: string; body: string; messageId: string | null }) => void) | null;
}

const LONGEST_TOPIC = 500;

/** The address of Make with a topic filled in. */
export function makePath(slug: string, kind: string, topic: string): string {
  const filled = new URLSearchParams({ kind, topic: topic.slice(0, LONGEST_TOPIC) });
  return `/courses/${slug}/make?${filled}`;
}
