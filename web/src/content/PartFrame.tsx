import type { ReactNode } from "react";

import { t } from "../words/words";
import { useOpenedContent } from "./ContentPage";
import { changed, moved, partIds } from "./parts";
import { RegenerateButton } from "./RegenerateButton";

interface Props<Part> {
  /** What a part is called: "Section". */
  name: string;
  parts: readonly Part[];
  onChange: (parts: Part[]) => void;
  /** A new part, for the button that adds one. */
  make: () => Part;
  isRegenerable?: boolean;
  /** How many must stay. */
  least?: number;
  children: (part: Part, change: (part: Part) => void, number: number) => ReactNode;
}

/** Parts of content one below the other: to edit, to move, to take out, to have written anew. */
export function PartList<Part extends { id: string }>(props: Props<Part>) {
  const { name, parts, onChange, make, isRegenerable = false, least = 0, children } = props;
  return (
    <div className="part-list">
      {parts.map((part, n) => (
        <fieldset key={part.id} id={part.id} className="part">
          <legend>
            {name} {n + 1}
          </legend>
          {children(part, (next) => onChange(changed(parts, n, next)), n + 1)}
          <div className="row-actions">
            <button
              type="button"
              className="button quiet"
              disabled={n === 0}
              aria-label={t("Move up: {name} {n}", { name, n: n + 1 })}
              onClick={() => onChange(moved(parts, n, -1))}
            >
              {t("Move up")}
            </button>
            <button
              type="button"
              className="button quiet"
              disabled={n === parts.length - 1}
              aria-label={t("Move down: {name} {n}", { name, n: n + 1 })}
              onClick={() => onChange(moved(parts, n, 1))}
            >
              {t("Move down")}
            </button>
            <button
              type="button"
              className="button quiet"
              disabled={parts.length <= least}
              aria-label={t("Take out: {name} {n}", { name, n: n + 1 })}
              onClick={() => onChange(parts.filter((other) => other !== part))}
            >
              {t("Take out")}
            </button>
            {isRegenerable && <Regeneration part={part.id} />}
          </div>
        </fieldset>
      ))}
      <button type="button" className="button" onClick={() => onChange([...parts, make()])}>
        {t("Add: {name}", { name: name.toLowerCase() })}
      </button>
    </div>
  );
}

/** Only what is kept can be written anew: a part that was added here is not known yet. */
function Regeneration({ part }: { part: string }) {
  const { collection, state } = useOpenedContent();
  if (!partIds(state.content).includes(part)) return null;
  return <RegenerateButton collection={collection} state={state} part={part} />;
}
