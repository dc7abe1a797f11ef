import { useDeferredValue, useState } from "react";

import { TextField } from "../shell/TextField";
import { t } from "../words/words";
import { Prose } from "./Prose";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  maxLength?: number;
  required?: boolean;
}

/** Markdown to edit, with what becomes of it below on demand. */
export function ProseField({ label, value, onChange, rows = 4, maxLength, required }: Props) {
  const [isPreviewed, setPreviewed] = useState(false);
  const shown = useDeferredValue(value);
  return (
    <div className="prose-field">
      <TextField
        label={label}
        rows={rows}
        {...(maxLength === undefined ? {} : { maxLength })}
        required={required ?? false}
        value={value}
        onChange={onChange}
      />
      <button
        type="button"
        className="button quiet"
        aria-pressed={isPreviewed}
        aria-label={t("Preview: {label}", { label })}
        onClick={() => setPreviewed(!isPreviewed)}
      >
        {isPreviewed ? t("Hide the preview") : t("Preview")}
      </button>
      {isPreviewed && (
        <div className="preview">
          <Prose text={shown || t("*Nothing yet.*")} />
        </div>
      )}
    </div>
  );
}
