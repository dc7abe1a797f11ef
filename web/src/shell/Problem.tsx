import { ApiProblem } from "../api/problem";

/** An error in words, with a way to try again. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const known = error instanceof ApiProblem ? error : null;
  return (
    <div role="alert" className="problem">
      <p>{known?.message ?? "Something went wrong on this page."}</p>
      {known?.requestId != null && <p className="fine-print">Request {known.requestId}</p>}
      {onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
