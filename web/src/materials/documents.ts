/** How a document is told of: its kind and its state in words. */

import type { components } from "../api/schema";
import { t } from "../words/words";

export type CourseDocument = components["schemas"]["DocumentRead"];
export type DocumentStatus = CourseDocument["status"];

export const STATUS_WORDS: Record<DocumentStatus, string> = {
  ready: t("Ready"),
  pending: t("Being read"),
  failed: t("Failed"),
};

const KINDS: readonly (readonly [beginning: string, words: string])[] = [
  ["application/pdf", "PDF"],
  ["application/vnd.openxmlformats-officedocument.presentationml", t("Slides")],
  ["application/vnd.ms-powerpoint", t("Slides")],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml", t("Table")],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml", t("Word")],
  ["application/msword", t("Word")],
  ["application/vnd.oasis.opendocument.presentation", t("Slides")],
  ["application/vnd.oasis.opendocument.spreadsheet", t("Table")],
  ["application/vnd.oasis.opendocument", t("Word")],
  ["application/epub", t("Book")],
  ["application/x-ipynb", t("Notebook")],
  ["text/markdown", "Markdown"],
  ["text/html", t("Web page")],
  ["text/csv", t("Table")],
  ["text/vtt", t("Captions")],
  ["text/plain", t("Text")],
  ["text/", t("Text")],
  ["image/", t("Picture")],
  ["video/", t("Video")],
  ["audio/", t("Audio")],
];

/** What a media type is called by people; the end of the file's name where that is not known. */
export function kindOf(mediaType: string, key: string): string {
  const known = KINDS.find(([beginning]) => mediaType.startsWith(beginning))?.[1];
  if (known !== undefined) return known;
  const ending = /\.([A-Za-z0-9]{1,8})$/.exec(key)?.[1];
  return ending?.toUpperCase() ?? t("File");
}
