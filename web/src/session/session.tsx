import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { Navigate, Outlet, useLocation } from "react-router";

import { connectSession } from "../api/client";
import { ApiProblem } from "../api/problem";

interface Session {
  token: string | null;
  /** Signs in with the OAuth2 password form. Throws `ApiProblem`. */
  signIn: (email: string, password: string) => Promise<void>;
  signOut: () => void;
}

const STORED_TOKEN = "neuroshiksha.token";
const SessionContext = createContext<Session | null>(null);

async function requestToken(email: string, password: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch("/api/v1/auth/token", {
      method: "POST",
      body: new URLSearchParams({ grant_type: "password", username: email, password }),
    });
  } catch {
    throw ApiProblem.unreachable();
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw ApiProblem.from(response.status, answer);
  return (answer as { access_token: string }).access_token;
}

/** Holds the signed-in person's token; a refused token signs out and keeps the address. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState(() => sessionStorage.getItem(STORED_TOKEN));
  const queries = useQueryClient();

  const keep = useCallback((next: string | null) => {
    if (next === null) sessionStorage.removeItem(STORED_TOKEN);
    else sessionStorage.setItem(STORED_TOKEN, next);
    setToken(next);
  }, []);

  const signOut = useCallback(() => {
    keep(null);
    queries.clear();
  }, [keep, queries]);

  const signIn = useCallback(
    async (email: string, password: string) => keep(await requestToken(email, password)),
    [keep],
  );

  connectSession(() => sessionStorage.getItem(STORED_TOKEN), signOut);

  const session = useMemo(() => ({ token, signIn, signOut }), [token, signIn, signOut]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession needs a SessionProvider above it");
  return session;
}

/** Shows its routes to a signed-in person, else the sign-in page, and comes back afterwards. */
export function RequireSession() {
  const { token } = useSession();
  const location = useLocation();
  if (token === null) {
    return <Navigate to="/sign-in" state={{ from: location.pathname }} replace />;
  }
  return <Outlet />;
}

/** Sets the document's title while a view is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · NeuroShiksha`;
  }, [title]);
}
