import type { TextareaHTMLAttributes } from "react";

interface Props extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> {
  label: string;
  hint?: string;
  onChange: (value: string) => void;
}

/** Labelled lines of a form. */
export function TextField({ label, hint, onChange, ...input }: Props) {
  return (
    <label>
      {label}
      <textarea {...input} onChange={(event) => onChange(event.target.value)} />
      {hint !== undefined && <span className="fine-print">{hint}</span>}
    </label>
  );
}
