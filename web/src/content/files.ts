/** The files that come with a video, by the ends of their names. */

import { t } from "../words/words";

const FILES = [
  [".mp4", t("Video (MP4)")],
  [".srt", t("Captions (SRT)")],
  [".chapters.vtt", t("Chapters (VTT)")],
  [".vtt", t("Captions (VTT)")],
  [".transcript.md", t("Transcript")],
  [".png", t("Poster picture")],
] as const;

/** What a file is called by people; its own name where it is none that a video comes with. */
export function fileWords(name: string): string {
  return FILES.find(([ending]) => name.endsWith(ending))?.[1] ?? name;
}

/** Whether people want to save it: the times of scenes and words are for the page. */
export function isForPeople(name: string): boolean {
  return FILES.some(([ending]) => name.endsWith(ending));
}

/** The newest file whose name ends so; files of the version that is worked on come first. */
export function fileEnding<File extends { name: string; version: number }>(
  files: readonly File[],
  ending: string,
): File | undefined {
  const found = files.filter(
    ({ name }) => name.endsWith(ending) && !(ending === ".vtt" && name.endsWith(".chapters.vtt")),
  );
  return found.toSorted((one, other) => other.version - one.version)[0];
}
