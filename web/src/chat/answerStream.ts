import { EventSourceParserStream } from "eventsource-parser/stream";

import { authorisation, problemOf } from "../api/client";
import { ApiProblem } from "../api/problem";
import { type AnswerEvent, parseAnswerEvent } from "./events";

export interface Question {
  course: string;
  message: string;
  conversationId: string | null;
  /** The earlier question of the conversation that this one takes the place of. */
  edits?: string;
}

type Listener = (event: AnswerEvent) => void;

const RECONNECT_DELAYS_MS = [250, 500, 1000, 2000, 4000, 8000];

/** Asks a question and reports every event of the answer, once and in order.
 *
 * When the connection breaks after the first event, the stream is resumed from the last event
 * seen. Throws `ApiProblem` when the question is refused or the answer stays out of reach.
 */
export async function streamAnswer(
  question: Question,
  onEvent: Listener,
  onReconnecting: () => void,
  signal: AbortSignal,
): Promise<void> {
  await streamFrom(() => post(question, signal), onEvent, onReconnecting, signal);
}

/** Has the question of an answer answered anew, and reports the new answer as `streamAnswer` does. */
export async function streamAnew(
  messageId: string,
  onEvent: Listener,
  onReconnecting: () => void,
  signal: AbortSignal,
): Promise<void> {
  await streamFrom(() => postAnew(messageId, signal), onEvent, onReconnecting, signal);
}

async function streamFrom(
  begin: () => Promise<Response>,
  onEvent: Listener,
  onReconnecting: () => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = new AnswerReader(onEvent, signal);
  try {
    await reader.read(await begin());
  } catch (error) {
    if (signal.aborted || error instanceof ApiProblem) throw error;
  }
  await resumeUntilEnd(reader, onReconnecting, signal);
}

/** Follows an answer that is already being given, from its first event. */
export async function followAnswer(
  messageId: string,
  onEvent: Listener,
  onReconnecting: () => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = new AnswerReader(onEvent, signal, messageId);
  await resumeUntilEnd(reader, onReconnecting, signal, false);
}

async function resumeUntilEnd(
  reader: AnswerReader,
  onReconnecting: () => void,
  signal: AbortSignal,
  isBroken = true,
): Promise<void> {
  for (let attempt = 0; !reader.hasEnded; attempt += 1) {
    const delay = RECONNECT_DELAYS_MS[attempt];
    if (reader.messageId === null || delay === undefined) throw ApiProblem.unreachable();
    if (isBroken || attempt > 0) {
      onReconnecting();
      await new Promise((resolve) => setTimeout(resolve, delay));
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

async function post(question: Question, signal: AbortSignal): Promise<Response> {
  return request(`/api/v1/courses/${encodeURIComponent(question.course)}/chat`, {
    method: "POST",
    headers: { ...authorisation(), "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({
      message: question.message,
      ...(question.conversationId === null ? {} : { conversation_id: question.conversationId }),
      ...(question.edits === undefined ? {} : { edits: question.edits }),
    }),
    signal,
  });
}

async function postAnew(messageId: string, signal: AbortSignal): Promise<Response> {
  return request(`/api/v1/messages/${messageId}/regenerate`, {
    method: "POST",
    headers: { ...authorisation(), Accept: "text/event-stream" },
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
    throw ApiProblem.unreachable();
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
