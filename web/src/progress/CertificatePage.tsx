import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";

import { api, body } from "../api/client";
import { EntryPanel } from "../session/EntryPanel";
import { useTitle } from "../session/session";
import { day } from "../shell/formats";
import { t } from "../words/words";

/** Where the address on a certificate leads: whether it is valid, for anyone. */
export function CertificatePage() {
  const { code = "" } = useParams();
  useTitle(t("Certificate"));
  const check = useQuery({
    queryKey: ["certificate", code],
    retry: false,
    queryFn: () => body(api.GET("/api/v1/certificates/{code}", { params: { path: { code } } })),
  });
  if (check.isPending) {
    return (
      <EntryPanel title={t("Certificate")}>
        <p role="status">{t("One moment…")}</p>
      </EntryPanel>
    );
  }
  if (check.isError) {
    return (
      <EntryPanel title={t("No such certificate")}>
        <p role="alert">{check.error.message}</p>
      </EntryPanel>
    );
  }
  const { course, issued_at, is_valid, learner, revoked_at } = check.data;
  if (revoked_at !== null) {
    return (
      <EntryPanel title={t("This certificate is revoked")}>
        <p>
          {t("It was for the course {course}, and was revoked on {day}.", {
            course,
            day: day(revoked_at),
          })}
        </p>
      </EntryPanel>
    );
  }
  if (!is_valid) {
    return (
      <EntryPanel title={t("This certificate is not valid")}>
        <p>{t("It was for the course {course}, by an account that is gone.", { course })}</p>
      </EntryPanel>
    );
  }
  return (
    <EntryPanel title={t("This certificate is valid")}>
      <p>
        {t("{learner} has completed the course {course}. Given on {day}.", {
          learner: learner ?? "",
          course,
          day: day(issued_at),
        })}
      </p>
    </EntryPanel>
  );
}
