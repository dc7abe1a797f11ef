import type { components } from "../api/schema";
import { t } from "../words/words";
import { type Answer, emptyAnswer, isRunning } from "./answer";
import type { Citation, Notice, Source } from "./events";
import type { Turn } from "./useAnswer";

type StoredMessage = components["schemas"]["MessageRead"];

export interface StoredTurn extends Turn {
  questionId: string | null;
}

/** Pairs stored questions with their answers, in order. */
export function storedTurns(messages: readonly StoredMessage[]): StoredTurn[] {
  const turns: StoredTurn[] = [];
  let question = "";
  let questionId: string | null = null;
  for (const message of messages) {
    if (message.role === "user") {
      question = message.content;
      questionId = message.id;
    } else {
      turns.push({ question, questionId, answer: storedAnswer(message), replaces: null });
    }
  }
  return turns;
}

/** The stored turns to show beside the one at work: not itself, nor what it replaces and all after.
 *
 * A replacement that was refused before it began replaces nothing.
 */
export function turnsBeside(turn: Turn | null, stored: readonly StoredTurn[]): StoredTurn[] {
  if (turn === null) return [...stored];
  const { messageId } = turn.answer;
  const hasReplaced = messageId !== null || isRunning(turn.answer);
  const replaced = hasReplaced
    ? stored.findIndex(({ answer }) => answer.messageId === turn.replaces)
    : -1;
  const kept = replaced === -1 ? stored : stored.slice(0, replaced);
  return kept.filter(({ answer }) => answer.messageId !== messageId);
}

/** The place of the turn that a message is part of; 0 where it is of none. */
export function placeOfMessage(stored: readonly StoredTurn[], messageId: string | null): number {
  const place = stored.findIndex(
    ({ questionId, answer }) => questionId === messageId || answer.messageId === messageId,
  );
  return Math.max(0, place);
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
    problem:
      message.status === "failed" ? t("This answer could not be finished. Ask again.") : null,
    feedback: message.feedback,
    correction: message.correction,
  };
}
