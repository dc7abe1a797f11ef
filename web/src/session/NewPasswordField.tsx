import { Field } from "./Field";
import { t } from "../words/words";

interface Props {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
}

/** A password that is to be set; the bounds are the server's. */
export function NewPasswordField({ label, hint, value, onChange }: Props) {
  return (
    <Field
      label={label}
      type="password"
      autoComplete="new-password"
      required
      minLength={10}
      maxLength={256}
      hint={[t("At least ten characters."), hint].filter(Boolean).join(" ")}
      value={value}
      onChange={onChange}
    />
  );
}
