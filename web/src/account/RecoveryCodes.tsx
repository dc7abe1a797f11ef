import { t } from "../words/words";

interface Props {
  codes: string[];
  onDone: () => void;
}

/** The recovery codes, shown this once. */
export function RecoveryCodes({ codes, onDone }: Props) {
  return (
    <div className="recovery-codes" role="status">
      <p>
        {t(
          "Two-factor authentication is on. Keep these codes where you find them without your phone: each stands in for a code of the app, once. They are not shown again.",
        )}
      </p>
      <ul>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="demo-buttons">
        <button
          type="button"
          className="button"
          onClick={() => void navigator.clipboard.writeText(codes.join("\n"))}
        >
          {t("Copy the codes")}
        </button>
        <button type="button" className="button primary" onClick={onDone}>
          {t("I have kept them")}
        </button>
      </div>
    </div>
  );
}
