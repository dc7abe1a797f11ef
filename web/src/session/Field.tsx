import type { InputHTMLAttributes } from "react";

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  hint?: string;
  onChange: (value: string) => void;
}

/** A labelled line of a form. */
export function Field({ label, hint, onChange, ...input }: Props) {
  return (
    <label>
      {label}
      <input {...input} onChange={(event) => onChange(event.target.value)} />
      {hint !== undefined && <span className="fine-print">{hint}</span>}
    </label>
  );
}
