import { useState } from "react";

import { t } from "../words/words";
import { PassagePanel } from "./PassagePanel";
import type { SourceSpan } from "./values";

/** What a part of content stands on; each opens the passage in its document. */
export function SourceList({ sources }: { sources: readonly SourceSpan[] | undefined }) {
  const [opened, setOpened] = useState<number | null>(null);
  if (sources === undefined || sources.length === 0) return null;
  const shown = opened === null ? undefined : sources[opened];
  return (
    <>
      <details className="sources">
        <summary>
          {sources.length === 1 ? t("1 source") : t("{amount} sources", { amount: sources.length })}
          <span className="fine-print"> {documentsOf(sources)}</span>
        </summary>
        <ul>
          {sources.map((source, n) => (
            <li key={`${source.document_id}-${source.char_start}`}>
              <button type="button" className="source-quote" onClick={() => setOpened(n)}>
                <span className="citation" aria-hidden="true">
                  {n + 1}
                </span>
                <span>
                  “{source.quote}”
                  <span className="fine-print">
                    {source.document_title}
                    {source.place !== "" && `, ${source.place}`}
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </details>
      {shown !== undefined && opened !== null && (
        <PassagePanel source={shown} n={opened + 1} onClose={() => setOpened(null)} />
      )}
    </>
  );
}

function documentsOf(sources: readonly SourceSpan[]): string {
  return [...new Set(sources.map((source) => source.document_title))].join(", ");
}
