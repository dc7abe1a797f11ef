import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { isServerReachable, onConnectionChange, onServerReturn } from "../api/connection";
import { t } from "../words/words";

/** Says that the server is out of reach, and has the views read again once it is back. */
export function ConnectionNotice() {
  const isReachable = useSyncExternalStore(onConnectionChange, isServerReachable);
  const queries = useQueryClient();
  useEffect(() => onServerReturn(() => void queries.invalidateQueries()), [queries]);
  return (
    <div role="status" className="connection">
      {!isReachable && <p>{t("The server does not answer. Reconnecting…")}</p>}
    </div>
  );
}
