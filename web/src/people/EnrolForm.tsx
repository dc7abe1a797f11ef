import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "../api/client";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { COURSE_ROLES, type CourseRole } from "./roles";

/** Adds someone who has an account to the course. */
export function EnrolForm({ courseId, isAdmin }: { courseId: string; isAdmin: boolean }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<CourseRole>("learner");
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.POST("/api/v1/courses/{course}/enrollments", {
      params: { path: { course: courseId } },
      body: { email: email.trim(), role },
    });
    notify(t("{email} is in the course.", { email: email.trim() }));
    setEmail("");
    await queries.invalidateQueries({ queryKey: ["enrollments", courseId] });
  });
  return (
    <section className="panel" aria-labelledby="enrol-heading">
      <h2 id="enrol-heading">{t("Add someone")}</h2>
      <form className="line-form" onSubmit={submit}>
        <Field
          label={t("E-mail of their account")}
          type="email"
          required
          value={email}
          onChange={setEmail}
        />
        <SelectField
          label={t("Role in the course")}
          options={COURSE_ROLES}
          value={role}
          onChange={setRole}
        />
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("Add")}
        </button>
      </form>
      <ProblemLine problem={problem} />
      <p className="fine-print">
        {isAdmin
          ? t("Who has no account yet is invited below.")
          : t("Who has no account yet registers first, or is invited by an administrator.")}
      </p>
    </section>
  );
}
