import { useState } from "react";

import { api } from "../api/client";
import { Field } from "../session/Field";
import { usePerson, useSession } from "../session/session";
import { useSubmit } from "../session/useSubmit";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";

/** All that is kept about one: to take along, or to have erased. */
export function MyData() {
  return (
    <section aria-labelledby="my-data-heading" className="card">
      <h2 id="my-data-heading">{t("My data")}</h2>
      <p>
        {t(
          "Everything that is kept about you: your profile, courses, conversations with sources, ratings, sessions and more, as files in a zip.",
        )}
      </p>
      <a className="button" href="/api/v1/users/me/export" download>
        {t("Download my data")}
      </a>
      <Erasure />
    </section>
  );
}

function Erasure() {
  const person = usePerson();
  const { reload } = useSession();
  const [password, setPassword] = useState("");
  const [typed, setTyped] = useState("");
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.DELETE("/api/v1/users/me", { body: { password, email: typed } });
    await reload();
  });
  const isConfirmed = typed.trim().toLowerCase() === person.email;

  return (
    <details>
      <summary>{t("Delete my account")}</summary>
      <form onSubmit={submit}>
        <p>
          {t(
            "Your account, conversations, ratings and sessions are erased at once, and nobody can bring them back. What you brought into a course stays there.",
          )}
        </p>
        <Field
          label={t("Password, to confirm")}
          type="password"
          autoComplete="current-password"
          hint={t("Leave it empty if you sign in through another provider only.")}
          value={password}
          onChange={setPassword}
        />
        <Field
          label={t("Type {email} to confirm", { email: person.email })}
          type="email"
          autoComplete="off"
          required
          value={typed}
          onChange={setTyped}
        />
        <ProblemLine problem={problem} />
        <button type="submit" className="button" disabled={isBusy || !isConfirmed}>
          {t("Erase my account for good")}
        </button>
      </form>
    </details>
  );
}
