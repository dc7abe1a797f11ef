import type { Locator, Source } from "./events";
import { t } from "../words/words";

/** Where a passage stands, in words: page, slide, time, the heading it is under. */
export function placeOf(locator: Locator): string {
  const parts: string[] = [];
  if (locator.page != null) parts.push(t("page {page}", { page: locator.page }));
  if (locator.slide != null) parts.push(t("slide {slide}", { slide: locator.slide }));
  if (locator.start_seconds != null) parts.push(clock(locator.start_seconds));
  const heading = locator.heading?.at(-1);
  if (heading !== undefined && heading !== "") parts.push(heading);
  return parts.join(" · ");
}

/** What a source is called; a teacher's correction in the reader's language. */
export function sourceTitle(source: Source): string {
  return source.kind === "correction" ? t("Correction by the teacher") : source.document_title;
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
