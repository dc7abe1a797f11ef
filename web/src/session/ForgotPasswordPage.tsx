import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, body } from "../api/client";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { EntryPanel } from "./EntryPanel";
import { Field } from "./Field";
import { useTitle } from "./session";
import { useSubmit } from "./useSubmit";

/** Has a link to a new password sent. */
export function ForgotPasswordPage() {
  const [email, setEmail] = useState("");
  const [promise, setPromise] = useState<string | null>(null);
  const options = useQuery({
    queryKey: ["auth-options"],
    queryFn: () => body(api.GET("/api/v1/auth/options")),
  });
  useTitle(t("Forgotten password"));
  const { isBusy, problem, submit } = useSubmit(async () => {
    const answer = await body(api.POST("/api/v1/auth/password/forgot", { body: { email } }));
    setPromise(answer.message);
  });

  return (
    <EntryPanel title={t("Choose a new password")}>
      {promise !== null ? (
        <>
          <p role="status">{t("{promise} The link in it is good for an hour.", { promise })}</p>
          {options.data?.sends_mail === false && (
            <p className="notice">
              {t(
                "No mail server is set up here: an administrator reads the mail, below Admin, Mails.",
              )}
            </p>
          )}
        </>
      ) : (
        <form onSubmit={submit}>
          <Field
            label={t("E-mail")}
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={setEmail}
          />
          <ProblemLine problem={problem} />
          <button type="submit" className="button primary" disabled={isBusy}>
            {t("Send me a link")}
          </button>
        </form>
      )}
      <p className="ways">
        <Link to="/sign-in">{t("To signing in")}</Link>
      </p>
    </EntryPanel>
  );
}
