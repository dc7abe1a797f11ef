import { type DragEvent, useId, useRef, useState } from "react";

import { t } from "../words/words";
import { droppedFiles } from "./droppedFiles";
import type { FileToSend } from "./sendFile";

/** Where files and folders are dropped, or chosen, to be brought in. */
export function DropZone({ onFiles }: { onFiles: (files: FileToSend[]) => void }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    void droppedFiles(event.dataTransfer).then(onFiles);
  }

  return (
    <section
      className={isOver ? "drop-zone over" : "drop-zone"}
      aria-labelledby={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 id={id}>{t("Drop files or folders here")}</h2>
      <p className="fine-print">
        {t(
          "PDF, slides, Word, Markdown, web pages, books, notebooks, archives (zip) and more. A file of the same name becomes the document's next version.",
        )}
      </p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t("Files to bring in")}
        onChange={({ currentTarget }) => {
          const chosen = [...(currentTarget.files ?? [])];
          onFiles(chosen.map((file) => ({ path: file.name, file })));
          currentTarget.value = "";
        }}
      />
      <button type="button" className="button primary" onClick={() => input.current?.click()}>
        {t("Choose files")}
      </button>
    </section>
  );
}
