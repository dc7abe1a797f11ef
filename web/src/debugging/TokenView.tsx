import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { useSubmit } from "../session/useSubmit";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";

type Report = components["schemas"]["TokenReportRead"];

/** What a token claims, and why it opens nothing. */
export function TokenView() {
  const [token, setToken] = useState("");
  const [report, setReport] = useState<Report | null>(null);
  const looking = useSubmit(async () => {
    setReport(await body(api.POST("/api/v1/admin/debug/token", { body: { token } })));
    setToken("");
  });
  return (
    <section className="panel" aria-labelledby="token-heading">
      <h2 id="token-heading">{t("Token")}</h2>
      <p>{t("It is neither kept, logged nor used. Its signature is not shown again.")}</p>
      <form className="form" onSubmit={looking.submit}>
        <label>
          {t("Access token, refresh token or API key")}
          <textarea
            rows={4}
            required
            spellCheck={false}
            autoComplete="off"
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        <button type="submit" className="button primary" disabled={looking.isBusy}>
          {t("Look at it")}
        </button>
      </form>
      <ProblemLine problem={looking.problem} />
      {report !== null && <ReportOf report={report} />}
    </section>
  );
}

function ReportOf({ report }: { report: Report }) {
  return (
    <div role="status">
      <p>
        <code>{report.kind}</code>{" "}
        <span className={`chip state ${report.is_valid ? "ok" : "failing"}`}>
          {report.is_valid ? t("Good") : t("Not accepted")}
        </span>
      </p>
      <ul>
        {report.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <Values name={t("Header")} values={report.header} />
      <Values name={t("Claims")} values={report.claims} />
      <Values name={t("What is known of it")} values={report.known} />
    </div>
  );
}

function Values({ name, values }: { name: string; values: Record<string, unknown> }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <>
      <h3>{name}</h3>
      <dl className="figures small">
        {entries.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
