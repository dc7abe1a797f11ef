import { t } from "../words/words";

/** Rows in the shape of what is on its way. */
export function Loading({ what, rows = 3 }: { what: string; rows?: number }) {
  return (
    <div className="loading" role="status" aria-label={t("Loading {what}", { what })}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="loading-row skeleton" />
      ))}
    </div>
  );
}
