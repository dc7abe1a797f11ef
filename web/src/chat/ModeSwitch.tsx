import { useId } from "react";

import { t } from "../words/words";
import { type Mode, MODE_WORDS } from "./modes";

interface Props {
  /** What the course allows, in its order. */
  allowed: readonly Mode[];
  mode: Mode;
  onChange: (mode: Mode) => void;
}

/** How the tutor teaches, chosen among what the course allows. */
export function ModeSwitch({ allowed, mode, onChange }: Props) {
  const id = useId();
  if (allowed.length < 2 && mode === allowed[0]) return null;
  return (
    <p className="mode-switch">
      <label htmlFor={id}>{t("Way of learning")}</label>
      <select
        id={id}
        value={mode}
        aria-describedby={`${id}-effect`}
        onChange={(event) => onChange(event.target.value as Mode)}
      >
        {allowed.map((each) => (
          <option key={each} value={each}>
            {MODE_WORDS[each].name}
          </option>
        ))}
      </select>
      <span id={`${id}-effect`} className="fine-print">
        {MODE_WORDS[mode].effect}
      </span>
    </p>
  );
}
