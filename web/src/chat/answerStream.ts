import { EventSourceParserStream } from "eventsource-parser/stream";

import { authorisation, problemOf, unreachable } from "../api/client";
import { ApiProblem } from "../api/problem";
import { type AnswerEvent, parseAnswerEvent } from "./events";
import type { Mode, Move } from "./modes";

export interface Question {
  course: string;
  message: string;
  conversationId: string | null;
  /** The earlier question of the conversation that this one takes the place of. */
  edits?: string;
  /** The message after which it is asked, where that is not the latest of the conversation. */
  follows?: string | null;
  /** How the tutor is to teach; the conversation's way where it is not named. */
  mode?: Mode | null;
  /** What is done about the open problem. */
  move?: Move;
}

/** Why nothing comes just now: the connection is gone, or the server has no room for a question. */
export type Hindrance = "reconnecting" | "busy";

type Listener = (event: AnswerEvent) => void;
type HindranceListener = (hindrance: Hindrance) => void;

const RECONNECT_DELAYS_MS = [250, 500, 1000, 2000, 4000, 8000];
const ASKING_AGAIN_DELAYS_MS = [1000, 2000, 4000, 8000];

/** Asks a question and reports every event of the answer, once and in order.
 *
 * Where the server is busy or out of reach the question is sent again, under the same key, so that
 * it is asked once. When the connection breaks after the first event, the stream is resumed from the
 * last event seen. Throws `ApiProblem` when the question is refused or the answer stays out of reach.
 */
export async function streamAnswer(
  question: Question,
  onEvent: Listener,
  onHindrance: HindranceListener,
  signal: AbortSignal,
): Promise<void> {
  await streamFrom((key) => post(question, key, signal), onEvent, onHindrance, signal);
}

/** Has the question of an answer answered anew, and reports the new answer as `streamAnswer` does. */
export async function streamAnew(
  messageId: string,
  onEvent: Listener,
  onHindrance: HindranceListener,
  signal: AbortSignal,
): Promise<void> {
  await streamFrom((key) => postAnew(messageId, key, signal), onEvent, onHindrance, signal);
}

async function streamFrom(
  send: (key: string) => Promise<Response>,
  onEvent: Listener,
  onHindrance: HindranceListener,
  signal: AbortSignal,
): Promise<void> {
  const reader = new AnswerReader(onEvent, signal);
  try {
    await reader.read(await takenUp(send, onHindrance, signal));
  } catch (error) {
    if (signal.aborted || error instanceof ApiProblem) throw error;
  }
  await resumeUntilEnd(reader, onHindrance, signal);
}

/** Sends a question until it is taken up; gives up after about fifteen seconds. */
async function takenUp(
  send: (key: string) => Promise<Response>,
  onHindrance: HindranceListener,
  signal: AbortSignal,
): Promise<Response> {
  const key = newKey();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send(key);
    } catch (error) {
      const delay = ASKING_AGAIN_DELAYS_MS[attempt];
      if (!(error instanceof ApiProblem) || !error.isPassing || delay === undefined) throw error;
      onHindrance(error.status === 0 ? "reconnecting" : "busy");
      await pause(spread(Math.max(delay, error.retryAfterSeconds * 1000)));
      signal.throwIfAborted();
    }
  }
}

/** Up to a quarter longer, so that a class that was refused together does not come back together. */
function spread(milliseconds: number): number {
  return milliseconds * (1 + Math.random() / 4);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A name for a question that no other has; `crypto.randomUUID` is missing on pages without TLS. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Follows an answer that is already being given, from its first event. */
export async function followAnswer(
  messageId: string,
  onEvent: Listener,
  onHindrance: HindranceListener,
  signal: AbortSignal,
): Promise<void> {
  const reader = new AnswerReader(onEvent, signal, messageId);
  await resumeUntilEnd(reader, onHindrance, signal, false);
}

async function resumeUntilEnd(
  reader: AnswerReader,
  onHindrance: HindranceListener,
  signal: AbortSignal,
  isBroken = true,
): Promise<void> {
  for (let attempt = 0; !reader.hasEnded; attempt += 1) {
    const delay = RECONNECT_DELAYS_MS[attempt];
    if (reader.messageId === null || delay === undefined) throw ApiProblem.unreachable();
    if (isBroken || attempt > 0) {
      onHindrance("reconnecting");
      await pause(delay);
    }
    const seen = reader.lastEventId;
    try {
      await reader.read(await resume(reader.messageId, seen, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof ApiProblem && error.status > 0 && error.status < 500) throw error;
    }
    if (reader.lastEventId !== seen) attempt = -1;
  }
}

async function post(question: Question, key: string, signal: AbortSignal): Promise<Response> {
  return request(`/api/v1/courses/${encodeURIComponent(question.course)}/chat`, {
    method: "POST",
    headers: {
      ...authorisation(),
      "Content-Type": "application/json",
      Accept: "text/event-stream",
      "Idempotency-Key": key,
    },
    body: JSON.stringify({
      message: question.message,
      ...(question.conversationId === null ? {} : { conversation_id: question.conversationId }),
      ...(question.edits === undefined ? {} : { edits: question.edits }),
      ...(question.follows == null ? {} : { follows: question.follows }),
      ...(question.mode == null ? {} : { mode: question.mode }),
      ...(question.move === undefined ? {} : { move: question.move }),
    }),
    signal,
  });
}

async function postAnew(messageId: string, key: string, signal: AbortSignal): Promise<Response> {
  return request(`/api/v1/messages/${messageId}/regenerate`, {
    method: "POST",
    headers: { ...authorisation(), Accept: "text/event-stream", "Idempotency-Key": key },
    signal,
  });
}

async function resume(
  messageId: string,
  lastEventId: string | null,
  signal: AbortSignal,
): Promise<Response> {
  return request(`/api/v1/messages/${messageId}/events`, {
    headers: {
      ...authorisation(),
      Accept: "text/event-stream",
      ...(lastEventId === null ? {} : { "Last-Event-ID": lastEventId }),
    },
    signal,
  });
}

async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

class AnswerReader {
  messageId: string | null;
  lastEventId: string | null = null;
  hasEnded = false;

  constructor(
    private readonly onEvent: Listener,
    private readonly signal: AbortSignal,
    messageId: string | null = null,
  ) {
    this.messageId = messageId;
  }

  async read(response: Response): Promise<void> {
    if (response.body === null) return;
    const events = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    for (;;) {
      const { done, value } = await events.read();
      if (done || this.signal.aborted) return;
      const event = parseAnswerEvent(value.event, value.data);
      if (event === null) continue;
      if (value.id !== undefined) this.lastEventId = value.id;
      if (event.event === "start") this.messageId = event.data.message_id;
      if (event.event === "done" || event.event === "error") this.hasEnded = true;
      this.onEvent(event);
    }
  }
}
