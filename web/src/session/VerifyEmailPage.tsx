import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { api } from "../api/client";
import { t } from "../words/words";
import { EntryPanel } from "./EntryPanel";
import { useTitle } from "./session";
import { useLinkToken } from "./useLinkToken";

/** Where the link of the mail after registering leads. */
export function VerifyEmailPage() {
  const token = useLinkToken();
  useTitle(t("Confirm your address"));
  const verification = useQuery({
    queryKey: ["verify-email", token],
    enabled: token !== null,
    retry: false,
    staleTime: Infinity,
    queryFn: async () => {
      await api.POST("/api/v1/auth/verify-email", { body: { token: token ?? "" } });
      return true;
    },
  });

  if (verification.isSuccess) {
    return (
      <EntryPanel title={t("Your address is confirmed")}>
        <Link to="/sign-in" className="button primary">
          {t("Sign in")}
        </Link>
      </EntryPanel>
    );
  }
  return (
    <EntryPanel title={t("Confirm your address")}>
      {token === null && <p>{t("Open the link in the mail that was sent to you.")}</p>}
      {verification.isLoading && <p role="status">{t("One moment…")}</p>}
      {verification.isError && (
        <>
          <p role="alert" className="problem">
            {verification.error.message}
          </p>
          <p>{t("Signing in with your password has a new link sent to you.")}</p>
          <Link to="/sign-in">{t("To signing in")}</Link>
        </>
      )}
    </EntryPanel>
  );
}
