import { useCallback, useEffect, useReducer, useRef } from "react";

import { api } from "../api/client";
import { ApiProblem } from "../api/problem";
import { t } from "../words/words";
import { type Answer, emptyAnswer, withEvent } from "./answer";
import {
  followAnswer,
  type Hindrance,
  type Question,
  streamAnew,
  streamAnswer,
} from "./answerStream";
import type { AnswerEvent } from "./events";

export interface Turn {
  question: string;
  answer: Answer;
  /** The answer that this one is given instead of; what followed it goes with it. */
  replaces: string | null;
}

interface Begun {
  question: string;
  messageId?: string | null;
  replaces?: string | null;
}

type Action =
  | { type: "asked"; question: string; messageId: string | null; replaces: string | null }
  | { type: "arrived"; events: AnswerEvent[] }
  | { type: "hindered"; hindrance: Hindrance }
  | { type: "failed"; problem: string }
  | { type: "cleared" };

function reduce(turn: Turn | null, action: Action): Turn | null {
  if (action.type === "asked") {
    return {
      question: action.question,
      answer: { ...emptyAnswer, messageId: action.messageId },
      replaces: action.replaces,
    };
  }
  if (turn === null || action.type === "cleared") return null;
  switch (action.type) {
    case "arrived":
      return { ...turn, answer: action.events.reduce(withEvent, turn.answer) };
    case "hindered":
      return { ...turn, answer: { ...turn.answer, status: action.hindrance } };
    case "failed":
      return { ...turn, answer: { ...turn.answer, status: "failed", problem: action.problem } };
  }
}

/** The turn being answered just now, and what a person can do with it. */
export function useAnswer(onEnd: (conversationId: string | null) => void) {
  const [turn, dispatch] = useReducer(reduce, null);
  const running = useRef<AbortController | null>(null);
  const waiting = useRef<AnswerEvent[]>([]);
  const frame = useRef(0);

  // Events of one animation frame are drawn together, so that fast models do not stall the page.
  const flush = useCallback(() => {
    frame.current = 0;
    const events = waiting.current;
    waiting.current = [];
    if (events.length > 0) dispatch({ type: "arrived", events });
  }, []);

  const onEvent = useCallback(
    (event: AnswerEvent) => {
      waiting.current.push(event);
      if (frame.current === 0) frame.current = requestAnimationFrame(flush);
    },
    [flush],
  );

  const run = useCallback(
    async (
      { question, messageId = null, replaces = null }: Begun,
      read: (onHindrance: (hindrance: Hindrance) => void, signal: AbortSignal) => Promise<void>,
    ) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      waiting.current = [];
      dispatch({ type: "asked", question, messageId, replaces });
      let conversationId: string | null = null;
      try {
        await read((hindrance) => dispatch({ type: "hindered", hindrance }), controller.signal);
        conversationId =
          waiting.current.find((event) => event.event === "start")?.data.conversation_id ?? null;
        flush();
      } catch (error) {
        if (controller.signal.aborted) return;
        flush();
        dispatch({
          type: "failed",
          problem: error instanceof ApiProblem ? error.message : t("The answer broke off."),
        });
      }
      onEnd(conversationId);
    },
    [flush, onEnd],
  );

  const ask = useCallback(
    (question: Question, replaces: string | null = null) =>
      run({ question: question.message, replaces }, (onHindrance, signal) =>
        streamAnswer(question, onEvent, onHindrance, signal),
      ),
    [onEvent, run],
  );

  const follow = useCallback(
    (question: string, messageId: string) =>
      run({ question, messageId }, (onHindrance, signal) =>
        followAnswer(messageId, onEvent, onHindrance, signal),
      ),
    [onEvent, run],
  );

  const askAnew = useCallback(
    (question: string, messageId: string) =>
      run({ question, replaces: messageId }, (onHindrance, signal) =>
        streamAnew(messageId, onEvent, onHindrance, signal),
      ),
    [onEvent, run],
  );

  const stop = useCallback(async (messageId: string) => {
    await api.POST("/api/v1/messages/{message_id}/stop", {
      params: { path: { message_id: messageId } },
    });
  }, []);

  const clear = useCallback(() => {
    running.current?.abort();
    dispatch({ type: "cleared" });
  }, []);

  useEffect(() => () => running.current?.abort(), []);

  return { turn, ask, askAnew, follow, stop, clear };
}
