import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Navigate, useLocation } from "react-router";

import { api, body } from "../api/client";
import { ApiProblem } from "../api/problem";
import { Mark } from "../shell/Mark";
import { useSession, useTitle } from "./session";

const ROLE_WORDS: Record<string, string> = {
  student: "Learner",
  teacher: "Teacher",
  admin: "Administrator",
};

export function SignInPage() {
  const { token, signIn } = useSession();
  const location = useLocation();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const options = useQuery({
    queryKey: ["auth-options"],
    queryFn: () => body(api.GET("/api/v1/auth/options")),
  });
  useTitle("Sign in");

  if (token !== null) {
    const from = (location.state as { from?: string } | null)?.from ?? "/";
    return <Navigate to={from} replace />;
  }

  async function enter(withEmail: string, withPassword: string) {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(withEmail, withPassword);
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.message : "Signing in failed. Try again.");
      setBusy(false);
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void enter(email, password);
  }

  const demoAccounts = options.data?.demo_accounts ?? [];
  return (
    <main className="sign-in">
      <div className="sign-in-panel">
        <Mark />
        <h1>Learn from your own course</h1>
        <p className="lead">
          Ask anything about the material. Every answer shows the passage it stands on.
        </p>
        {demoAccounts.length > 0 && (
          <section className="demo-accounts" aria-labelledby="demo-heading">
            <h2 id="demo-heading">Try it with a demo account</h2>
            <div className="demo-buttons">
              {demoAccounts.map((account) => (
                <button
                  key={account.email}
                  type="button"
                  className="button"
                  disabled={isBusy}
                  onClick={() => void enter(account.email, account.password)}
                >
                  {ROLE_WORDS[account.role] ?? account.role}
                </button>
              ))}
            </div>
          </section>
        )}
        <form onSubmit={submit}>
          <label>
            E-mail
            <input
              type="email"
              name="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          </label>
          <label>
            Password
            <input
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
          {problem !== null && (
            <p role="alert" className="problem">
              {problem}
            </p>
          )}
          <button type="submit" className="button primary" disabled={isBusy}>
            {isBusy ? "Signing in…" : "Sign in"}
          </button>
        </form>
      </div>
    </main>
  );
}
