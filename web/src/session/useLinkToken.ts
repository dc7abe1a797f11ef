import { useEffect, useState } from "react";

/** What stands after # in the link that led here; it leaves the address bar and the history. */
export function useLinkToken(): string | null {
  const [token] = useState(() => window.location.hash.slice(1) || null);
  useEffect(() => {
    if (window.location.hash === "") return;
    window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return token;
}
