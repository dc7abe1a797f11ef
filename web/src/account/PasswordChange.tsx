import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../api/client";
import { Field } from "../session/Field";
import { NewPasswordField } from "../session/NewPasswordField";
import { usePerson } from "../session/session";
import { useSubmit } from "../session/useSubmit";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";

/** Sets a new password for who knows the current one. */
export function PasswordChange() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isDone, setDone] = useState(false);
  const queries = useQueryClient();
  const person = usePerson();
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.POST("/api/v1/auth/password/change", {
      body: { current_password: current, new_password: next },
    });
    setCurrent("");
    setNext("");
    setDone(true);
    await queries.invalidateQueries({ queryKey: ["sessions"] });
  });

  return (
    <section aria-labelledby="password-heading" className="card">
      <h2 id="password-heading">{t("Password")}</h2>
      <form onSubmit={submit}>
        <input type="email" autoComplete="username" value={person.email} readOnly hidden />
        <Field
          label={t("Current password")}
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={setCurrent}
        />
        <NewPasswordField
          label={t("New password")}
          hint={t("Other devices will be signed out.")}
          value={next}
          onChange={setNext}
        />
        <ProblemLine problem={problem} />
        {isDone && problem === null && <p role="status">{t("The password is changed.")}</p>}
        <button type="submit" className="button" disabled={isBusy}>
          {t("Change the password")}
        </button>
      </form>
    </section>
  );
}
