import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { Navigate, Outlet, useLocation } from "react-router";

import { api, body, keepCsrfToken, whenSessionIsLost } from "../api/client";
import { onServerReturn } from "../api/connection";
import { ApiProblem } from "../api/problem";
import type { components } from "../api/schema";
import { keepDraftsOf } from "../shell/drafts";
import { Problem } from "../shell/Problem";

export type Person = components["schemas"]["UserRead"];
type BrowserSession = components["schemas"]["BrowserSessionRead"];
type SignIn = components["schemas"]["LoginCreate"];

interface Session {
  /** Who is signed in; null where nobody is. */
  person: Person | null;
  /** Whether nothing but setting a second factor up is possible. */
  lacksSecondFactor: boolean;
  /** Begins a session in this browser. Throws `ApiProblem`. */
  signIn: (proof: SignIn) => Promise<void>;
  signOut: () => Promise<void>;
  /** Asks the server again who is signed in. */
  reload: () => Promise<void>;
}

type State =
  | { is: "asked" }
  | { is: "known"; person: Person | null; lacksSecondFactor: boolean }
  | { is: "failed"; error: unknown };

const SessionContext = createContext<Session | null>(null);

/** Knows who is signed in in this browser; a session that is refused keeps the address. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ is: "asked" });
  const queries = useQueryClient();
  const knownPerson = useRef<string | null>(null);

  const take = useCallback(
    (session: BrowserSession) => {
      const id = session.user?.id ?? null;
      keepCsrfToken(session.csrf_token);
      // Kept apart from a repeated "nobody", which would tear the sign-in page's own questions away.
      if (knownPerson.current !== null && knownPerson.current !== id) {
        if (id === null) queries.clear();
        else void queries.resetQueries();
      }
      knownPerson.current = id;
      if (id !== null) keepDraftsOf(id);
      setState({
        is: "known",
        person: session.user,
        lacksSecondFactor: session.lacks_second_factor,
      });
    },
    [queries],
  );

  const reload = useCallback(async () => {
    try {
      take(await body(api.GET("/api/v1/auth/session")));
    } catch (error) {
      // Whoever is at work stays there while the server is away.
      setState((state) => (state.is === "known" ? state : { is: "failed", error }));
    }
  }, [take]);

  const signIn = useCallback(
    async (proof: SignIn) => take(await body(api.POST("/api/v1/auth/login", { body: proof }))),
    [take],
  );

  const signOut = useCallback(async () => {
    try {
      await api.POST("/api/v1/auth/logout");
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status === 0) throw error;
    }
    await reload();
    // A session that merely ended keeps them, for who signs in again.
    keepDraftsOf(null);
  }, [reload]);

  useEffect(() => {
    whenSessionIsLost(() => void reload());
    void reload();
    return onServerReturn(() => void reload());
  }, [reload]);

  const person = state.is === "known" ? state.person : null;
  const lacksSecondFactor = state.is === "known" && state.lacksSecondFactor;
  const session = useMemo(
    () => ({ person, lacksSecondFactor, signIn, signOut, reload }),
    [person, lacksSecondFactor, signIn, signOut, reload],
  );
  if (state.is === "asked") return null;
  if (state.is === "failed") return <Problem error={state.error} onRetry={() => void reload()} />;
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession needs a SessionProvider above it");
  return session;
}

/** The signed-in person, below `RequireSession`. */
export function usePerson(): Person {
  const { person } = useSession();
  if (person === null) throw new Error("usePerson needs RequireSession above it");
  return person;
}

/** Shows its routes to a signed-in person, else the sign-in page, and comes back afterwards. */
export function RequireSession() {
  const { person, lacksSecondFactor } = useSession();
  const location = useLocation();
  if (person === null) {
    return <Navigate to="/sign-in" state={{ from: location.pathname + location.search }} replace />;
  }
  if (lacksSecondFactor && location.pathname !== "/account") {
    return <Navigate to="/account" replace />;
  }
  return <Outlet />;
}

/** Sets the document's title while a view is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · NeuroShiksha`;
  }, [title]);
}
