import type { components } from "../api/schema";
import { type Answer, emptyAnswer, isRunning } from "./answer";
import type { Citation, Notice, Source } from "./events";
import type { Turn } from "./useAnswer";

type StoredMessage = components["schemas"]["MessageRead"];

/** Pairs stored questions with their answers, in order. */
export function storedTurns(messages: readonly StoredMessage[]): Turn[] {
  const turns: Turn[] = [];
  let question = "";
  for (const message of messages) {
    if (message.role === "user") question = message.content;
    else turns.push({ question, answer: storedAnswer(message), replaces: null });
  }
  return turns;
}

/** The stored turns to show beside the one at work, which stands for itself and for what it replaces.
 *
 * A replacement that was refused before it began replaces nothing.
 */
export function turnsBeside(turn: Turn | null, stored: readonly Turn[]): Turn[] {
  if (turn === null) return [...stored];
  const { messageId } = turn.answer;
  const hasReplaced = messageId !== null || isRunning(turn.answer);
  return stored.filter(
    ({ answer }) =>
      answer.messageId !== messageId && !(hasReplaced && answer.messageId === turn.replaces),
  );
}

function storedAnswer(message: StoredMessage): Answer {
  return {
    ...emptyAnswer,
    messageId: message.id,
    conversationId: message.conversation_id,
    text: message.content,
    sources: (message.sources ?? []) as unknown as Source[],
    citations: (message.citations ?? []) as unknown as Citation[],
    notices: (message.notices ?? []) as unknown as Notice[],
    model: message.model ?? null,
    status: message.status,
    problem: message.status === "failed" ? "This answer could not be finished. Ask again." : null,
    feedback: message.feedback,
  };
}
