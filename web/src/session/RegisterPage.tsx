import { useState } from "react";
import { Link } from "react-router";

import { api, body } from "../api/client";
import { ApiProblem } from "../api/problem";
import { ProblemLine } from "../shell/ProblemLine";
import { language, t } from "../words/words";
import { EntryPanel } from "./EntryPanel";
import { Field } from "./Field";
import { NewPasswordField } from "./NewPasswordField";
import { useSession, useTitle } from "./session";
import { useLinkToken } from "./useLinkToken";
import { useSubmit } from "./useSubmit";

/** Makes an account; the link of an invitation leads here as well. */
export function RegisterPage() {
  const invitation = useLinkToken();
  const { signIn } = useSession();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [isDone, setDone] = useState<"no" | "to be verified" | "signed in">("no");
  useTitle(t("Create an account"));

  const { isBusy, problem, submit } = useSubmit(async () => {
    await body(
      api.POST("/api/v1/auth/register", {
        body: {
          email,
          password,
          display_name: name.trim() === "" ? null : name,
          language,
          learning_preference: "balanced",
          interests: [],
          ...(invitation === null ? {} : { invitation }),
        },
      }),
    );
    try {
      await signIn({ email, password });
      setDone("signed in");
    } catch (error) {
      // The address may have an account already, with another password: said by mail only.
      const isKnown = error instanceof ApiProblem && [401, 403].includes(error.status);
      if (!isKnown) throw error;
      setDone("to be verified");
    }
  });

  if (isDone === "to be verified") {
    return (
      <EntryPanel title={t("Look into your mail")}>
        <p>{t("A mail is on its way to {email}. Open the link in it, then sign in.", { email })}</p>
        <Link to="/sign-in">{t("To signing in")}</Link>
      </EntryPanel>
    );
  }
  if (isDone === "signed in") {
    return (
      <EntryPanel title={t("Welcome")}>
        <p>{t("Your account is made, and you are signed in.")}</p>
        <Link to="/" className="button primary">
          {t("To the courses")}
        </Link>
      </EntryPanel>
    );
  }
  return (
    <EntryPanel title={invitation === null ? t("Create an account") : t("Accept the invitation")}>
      <form onSubmit={submit}>
        <Field
          label={t("E-mail")}
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={setEmail}
          {...(invitation === null ? {} : { hint: t("The address that the invitation came to.") })}
        />
        <Field
          label={t("Name")}
          autoComplete="name"
          maxLength={100}
          value={name}
          onChange={setName}
        />
        <NewPasswordField label={t("Password")} value={password} onChange={setPassword} />
        <ProblemLine problem={problem} />
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("Create the account")}
        </button>
      </form>
      <p className="ways">
        <Link to="/sign-in">{t("I have an account")}</Link>
      </p>
    </EntryPanel>
  );
}
