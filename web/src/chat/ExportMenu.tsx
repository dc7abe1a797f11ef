import { useId, useRef, useState } from "react";

import { download } from "../api/download";
import { ApiProblem } from "../api/problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";

const FORMATS = [
  { format: "md", name: "Markdown" },
  { format: "json", name: "JSON" },
  { format: "pdf", name: "PDF" },
] as const;

interface Props {
  conversation: string;
  /** The end of the branch that is shown; null for the newest one. */
  leaf: string | null;
}

/** Saves the shown branch of a conversation as a file, in the format the person picks. */
export function ExportMenu({ conversation, leaf }: Props) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [saving, setSaving] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function save(format: string, name: string) {
    if (saving !== null) return;
    setSaving(name);
    setProblem(null);
    const wanted = new URLSearchParams({ format, ...(leaf === null ? {} : { leaf }) });
    const path = `/api/v1/conversations/${conversation}/export?${wanted}`;
    try {
      await download(path, `conversation.${format}`);
      menu.current?.hidePopover();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : t("The file could not be saved."));
    } finally {
      setSaving(null);
    }
  }

  return (
    <>
      <button type="button" className="button quiet" popoverTarget={id}>
        {t("Export")}
      </button>
      <div
        id={id}
        ref={menu}
        popover="auto"
        className="export-menu"
        role="group"
        aria-label={t("Save this conversation as")}
      >
        <p className="fine-print" role="status">
          {saving === null ? t("Save this conversation as") : t("Preparing {saving}…", { saving })}
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
        <ProblemLine problem={problem} />
      </div>
    </>
  );
}
