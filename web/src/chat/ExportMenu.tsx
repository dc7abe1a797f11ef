import { useId, useRef, useState } from "react";

import { download } from "../api/download";
import { ApiProblem } from "../api/problem";

const FORMATS = [
  { format: "md", name: "Markdown" },
  { format: "json", name: "JSON" },
  { format: "pdf", name: "PDF" },
] as const;

/** Saves a conversation as a file, in the format the person picks. */
export function ExportMenu({ conversation }: { conversation: string }) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [saving, setSaving] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function save(format: string, name: string) {
    if (saving !== null) return;
    setSaving(name);
    setProblem(null);
    const path = `/api/v1/conversations/${conversation}/export?format=${format}`;
    try {
      await download(path, `conversation.${format}`);
      menu.current?.hidePopover();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : "The file could not be saved.");
    } finally {
      setSaving(null);
    }
  }

  return (
    <>
      <button type="button" className="button quiet" popoverTarget={id}>
        Export
      </button>
      <div
        id={id}
        ref={menu}
        popover="auto"
        className="export-menu"
        role="group"
        aria-label="Save this conversation as"
      >
        <p className="fine-print" role="status">
          {saving === null ? "Save this conversation as" : `Preparing ${saving}…`}
        </p>
        {FORMATS.map(({ format, name }) => (
          <button
            key={format}
            type="button"
            className="button quiet"
            aria-disabled={saving !== null}
            onClick={() => void save(format, name)}
          >
            {name}
          </button>
        ))}
        {problem !== null && (
          <p role="alert" className="problem">
            {problem}
          </p>
        )}
      </div>
    </>
  );
}
