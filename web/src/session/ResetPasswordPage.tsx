import { useState } from "react";
import { Link } from "react-router";

import { api } from "../api/client";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { EntryPanel } from "./EntryPanel";
import { NewPasswordField } from "./NewPasswordField";
import { useSession, useTitle } from "./session";
import { useLinkToken } from "./useLinkToken";
import { useSubmit } from "./useSubmit";

/** Where the link of a mail about a forgotten password leads. */
export function ResetPasswordPage() {
  const token = useLinkToken();
  const { reload } = useSession();
  const [password, setPassword] = useState("");
  const [isDone, setDone] = useState(false);
  useTitle(t("New password"));
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.POST("/api/v1/auth/password/reset", { body: { token: token ?? "", password } });
    await reload();
    setDone(true);
  });

  if (isDone) {
    return (
      <EntryPanel title={t("Your password is changed")}>
        <p>{t("All devices were signed out.")}</p>
        <Link to="/sign-in" className="button primary">
          {t("Sign in")}
        </Link>
      </EntryPanel>
    );
  }
  if (token === null) {
    return (
      <EntryPanel title={t("Choose a new password")}>
        <p>{t("Open the link in the mail that was sent to you, or have a new one sent.")}</p>
        <Link to="/forgot-password">{t("Forgot your password?")}</Link>
      </EntryPanel>
    );
  }
  return (
    <EntryPanel title={t("Choose a new password")}>
      <form onSubmit={submit}>
        <NewPasswordField label={t("New password")} value={password} onChange={setPassword} />
        <ProblemLine problem={problem} />
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("Set the password")}
        </button>
      </form>
    </EntryPanel>
  );
}
