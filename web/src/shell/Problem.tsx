import { ApiProblem } from "../api/problem";
import { t } from "../words/words";

/** An error in words, with a way to try again. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const known = error instanceof ApiProblem ? error : null;
  return (
    <div role="alert" className="problem">
      <p>{known?.message ?? t("Something went wrong on this page.")}</p>
      {known?.requestId != null && (
        <p className="fine-print">{t("Request {requestId}", { requestId: known.requestId })}</p>
      )}
      {onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          {t("Try again")}
        </button>
      )}
    </div>
  );
}
