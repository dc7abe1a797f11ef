import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, Navigate, useLocation } from "react-router";

import { api, body } from "../api/client";
import { ApiProblem } from "../api/problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { EntryPanel } from "./EntryPanel";
import { Field } from "./Field";
import { useSession, useTitle } from "./session";

const ROLE_WORDS: Record<string, string> = {
  student: t("Learner"),
  teacher: t("Teacher"),
  admin: t("Administrator"),
};

const PROVIDER_PROBLEMS: Record<string, string> = {
  account_blocked: t("This account is blocked."),
  account_not_verified: t(
    "There is an account of this address already. Prove that the address is yours by having a new password sent to it.",
  ),
  attempt_lost: t("That took too long, or began in another browser. Try again."),
  email_not_vouched: t("The provider does not vouch for your e-mail address."),
  provider_unavailable: t("The provider does not answer. Try again later."),
  registration_closed: t("Your address may not register here. Ask for an invitation."),
};

/** Why a provider's way back led here, in words; null where none did. */
function providerProblem(search: string): string | null {
  const code = new URLSearchParams(search).get("problem");
  if (code === null) return null;
  return PROVIDER_PROBLEMS[code] ?? t("The provider did not sign you in.");
}

export function SignInPage() {
  const { person, signIn } = useSession();
  const location = useLocation();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState<string | null>(null);
  const [problem, setProblem] = useState(() => providerProblem(location.search));
  const [isBusy, setBusy] = useState(false);
  const options = useQuery({
    queryKey: ["auth-options"],
    queryFn: () => body(api.GET("/api/v1/auth/options")),
  });
  useTitle(t("Sign in"));

  const from = (location.state as { from?: string } | null)?.from ?? "/";
  if (person !== null) return <Navigate to={from} replace />;

  async function enter(withEmail: string, withPassword: string) {
    setBusy(true);
    setProblem(null);
    try {
      await signIn({ email: withEmail, password: withPassword, ...(otp === null ? {} : { otp }) });
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiProblem && error.code === "otp_required") {
        setOtp("");
        return;
      }
      setProblem(error instanceof ApiProblem ? error.message : t("Signing in failed. Try again."));
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void enter(email, password);
  }

  const demoAccounts = options.data?.demo_accounts ?? [];
  const providers = options.data?.providers ?? [];
  return (
    <EntryPanel title={t("Learn from your own course")}>
      <p className="lead">
        {t("Ask anything about the material. Every answer shows the passage it stands on.")}
      </p>
      {demoAccounts.length > 0 && (
        <section className="demo-accounts" aria-labelledby="demo-heading">
          <h2 id="demo-heading">{t("Try it with a demo account")}</h2>
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
        <Field
          label={t("E-mail")}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={setEmail}
        />
        <Field
          label={t("Password")}
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={setPassword}
        />
        {otp !== null && (
          <Field
            label={t("Code of your authenticator app")}
            name="otp"
            autoComplete="one-time-code"
            autoFocus
            required
            hint={t("Or one of your recovery codes.")}
            value={otp}
            onChange={setOtp}
          />
        )}
        <ProblemLine problem={problem} />
        <button type="submit" className="button primary" disabled={isBusy}>
          {isBusy ? t("Signing in…") : t("Sign in")}
        </button>
      </form>
      {providers.length > 0 && (
        <section className="demo-buttons" aria-label={t("Other ways to sign in")}>
          {providers.map((provider) => (
            <a
              key={provider.name}
              className="button"
              href={`/api/v1/auth/oidc/${provider.name}?${new URLSearchParams({ return_to: from })}`}
            >
              {t("Sign in with {label}", { label: provider.label })}
            </a>
          ))}
        </section>
      )}
      <p className="ways">
        <Link to="/forgot-password">{t("Forgot your password?")}</Link>
        {options.data !== undefined && options.data.registration !== "invitation" && (
          <Link to="/register">{t("Create an account")}</Link>
        )}
      </p>
    </EntryPanel>
  );
}
