import { useQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";

import { api, body } from "../api/client";
import { download } from "../api/download";
import { ApiProblem } from "../api/problem";
import { bytes } from "../shell/formats";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { type Collection, KINDS } from "./collections";
import { fileWords, isForPeople } from "./files";

interface Props {
  collection: Collection;
  id: string;
}

/** Saves content as a file, in the format the person picks. */
export function DownloadMenu({ collection, id }: Props) {
  const menuId = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [saving, setSaving] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const kind = KINDS[collection];
  const files = useFiles(collection, id);

  async function save(path: string, words: string, otherwise: string) {
    if (saving !== null) return;
    setSaving(words);
    setProblem(null);
    try {
      await download(path, otherwise);
      menu.current?.hidePopover();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : t("The file could not be saved."));
    } finally {
      setSaving(null);
    }
  }

  return (
    <div className="menu-anchor">
      <button type="button" className="button" popoverTarget={menuId}>
        {t("Download")}
      </button>
      <div
        id={menuId}
        ref={menu}
        popover="auto"
        className="export-menu download-menu"
        role="group"
        aria-label={t("Save this {one} as", { one: kind.one })}
      >
        <p className="fine-print" role="status">
          {saving === null
            ? t("Save this {one} as", { one: kind.one })
            : t("Preparing {saving}…", { saving })}
        </p>
        {files.map((file) => (
          <button
            key={file.id}
            type="button"
            className="button quiet"
            aria-disabled={saving !== null}
            onClick={() => void save(`/api/v1/assets/${file.id}`, fileWords(file.name), file.name)}
          >
            {fileWords(file.name)} <span className="fine-print">{bytes(file.byte_size)}</span>
          </button>
        ))}
        {kind.formats.map(([format, words]) => (
          <button
            key={format}
            type="button"
            className="button quiet"
            aria-disabled={saving !== null}
            onClick={() =>
              void save(
                `/api/v1/${collection}/${id}?format=${format}`,
                words,
                `${kind.one}.${format}`,
              )
            }
          >
            {words}
          </button>
        ))}
        <ProblemLine problem={problem} />
      </div>
    </div>
  );
}

/** The files that were made with a video; what other kinds have is made when asked for. */
function useFiles(collection: Collection, id: string) {
  const files = useQuery({
    queryKey: ["assets", id],
    enabled: collection === "videos",
    queryFn: () =>
      body(
        api.GET("/api/v1/{collection}/{content_id}/assets", {
          params: { path: { collection, content_id: id } },
        }),
      ),
  });
  return (files.data?.items ?? []).filter((file) => isForPeople(file.name));
}
