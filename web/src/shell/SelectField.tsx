interface Props<Value extends string> {
  label: string;
  hint?: string;
  /** Whether the label is for screen readers alone. */
  isLabelHidden?: boolean;
  options: readonly (readonly [value: Value, words: string])[];
  value: Value;
  onChange: (value: Value) => void;
  disabled?: boolean;
}

/** A labelled choice of one among a few. */
export function SelectField<Value extends string>(props: Props<Value>) {
  const { label, hint, isLabelHidden = false, options, value, onChange, disabled } = props;
  return (
    <label>
      <span className={isLabelHidden ? "visually-hidden" : undefined}>{label}</span>
      <select
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value as Value)}
      >
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && <span className="fine-print">{hint}</span>}
    </label>
  );
}
