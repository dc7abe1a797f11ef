/** The events of an answer, as the API streams them. */

import { told } from "../words/words";
import type { NoticedSentence } from "./lowSupport";

export interface Locator {
  page?: number | null;
  slide?: number | null;
  heading?: string[];
  start_seconds?: number | null;
  char_start: number;
  char_end: number;
}

export interface Source {
  n: number;
  chunk_id: number | string;
  document_id: string;
  document_version: number;
  document_title: string;
  locator: Locator;
  text: string;
  score: number;
  /** The passage's chunks in order, where neighbours are shown as one passage. */
  chunk_ids?: (number | string)[] | null;
  kind?: "correction" | null;
}

export interface Citation {
  n: number;
  chunk_id: number | string;
  document_version: number;
  quote: string;
  char_start: number;
  char_end: number;
  support: number;
}

export interface Notice {
  code: string;
  detail: string;
  /** Which sentences it is about; absent where it is about the whole answer. */
  sentences?: NoticedSentence[] | null;
}

/** What is remarked about an answer, with the figures that the server's sentence has. */
export function noticeWords({ code, detail }: Notice): string {
  const [first = "", second = ""] = detail.match(/\d+/g) ?? [];
  return told(code, detail, { first, second });
}

export type AnswerEvent =
  | { event: "start"; data: { message_id: string; conversation_id: string; model: string } }
  | { event: "sources"; data: { sources: Source[] } }
  | { event: "delta"; data: { text: string } }
  | { event: "notice"; data: Notice }
  | { event: "done"; data: { finish_reason: string; model: string; citations: Citation[] } }
  | { event: "error"; data: { detail?: string; title?: string; code?: string } };

const EVENT_NAMES = new Set(["start", "sources", "delta", "notice", "done", "error"]);

/** Reads one server-sent event; names this page does not know are passed over. */
export function parseAnswerEvent(name: string | undefined, data: string): AnswerEvent | null {
  if (name === undefined || !EVENT_NAMES.has(name)) return null;
  return { event: name, data: JSON.parse(data) } as AnswerEvent;
}
