import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { day } from "../shell/formats";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { SCHOOL_ROLES, type SchoolRole } from "./roles";

type Invitation = components["schemas"]["InvitationRead"];
type Invited = components["schemas"]["InvitationCreated"];

/** Invitations to the school that nobody has followed yet; made and taken back by administrators. */
export function Invitations() {
  const queries = useQueryClient();
  const invitations = useQuery({
    queryKey: ["invitations"],
    queryFn: () => body(api.GET("/api/v1/invitations", { params: { query: { size: 100 } } })),
  });
  const revoke = useMutation({
    mutationFn: (id: string) =>
      api.DELETE("/api/v1/invitations/{invitation_id}", {
        params: { path: { invitation_id: id } },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["invitations"] }),
  });
  return (
    <section className="panel" aria-labelledby="invitations-heading">
      <h2 id="invitations-heading">{t("Invitations to the school")}</h2>
      <InvitationForm />
      {invitations.isError && (
        <Problem error={invitations.error} onRetry={() => void invitations.refetch()} />
      )}
      {revoke.isError && <Problem error={revoke.error} />}
      {invitations.data?.items.length === 0 && <p className="fine-print">{t("None is open.")}</p>}
      <ul className="plain-rows">
        {invitations.data?.items.map((invitation) => (
          <InvitationRow
            key={invitation.id}
            invitation={invitation}
            onRevoke={() => revoke.mutate(invitation.id)}
          />
        ))}
      </ul>
    </section>
  );
}

function InvitationForm() {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<SchoolRole>("student");
  const [made, setMade] = useState<Invited | null>(null);
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit(async () => {
    setMade(await body(api.POST("/api/v1/invitations", { body: { email: email.trim(), role } })));
    setEmail("");
    await queries.invalidateQueries({ queryKey: ["invitations"] });
  });
  return (
    <>
      <form className="line-form" onSubmit={submit}>
        <Field label={t("Their e-mail")} type="email" required value={email} onChange={setEmail} />
        <SelectField
          label={t("Role in the school")}
          options={SCHOOL_ROLES}
          value={role}
          onChange={setRole}
        />
        <button type="submit" className="button" disabled={isBusy}>
          {t("Invite")}
        </button>
      </form>
      <ProblemLine problem={problem} />
      {made !== null && <InvitationMade made={made} />}
    </>
  );
}

function InvitationMade({ made }: { made: Invited }) {
  const [isCopied, setCopied] = useState(false);
  const { link } = made;
  if (link === null) {
    return (
      <p role="status">
        {t("A mail with the link is on its way to {email}.", { email: made.email })}
      </p>
    );
  }
  return (
    <div className="made" role="status">
      <p>
        {t("{email} is invited. Give them this link; it is not shown again:", {
          email: made.email,
        })}{" "}
        <code className="secret">{link}</code>
      </p>
      <button
        type="button"
        className="button"
        onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}
      >
        {isCopied ? t("Copied") : t("Copy the link")}
      </button>
    </div>
  );
}

function InvitationRow({ invitation, onRevoke }: { invitation: Invitation; onRevoke: () => void }) {
  const role = SCHOOL_ROLES.find(([name]) => name === invitation.role)?.[1] ?? invitation.role;
  return (
    <li>
      <div className="row-text">
        <p className="row-title">{invitation.email}</p>
        <p className="fine-print">
          {t("{role} · until {expiresAt}", { role, expiresAt: day(invitation.expires_at) })}
        </p>
      </div>
      <button type="button" className="button quiet" onClick={onRevoke}>
        {t("Revoke")}
        <span className="visually-hidden">
          {" "}
          {t("the invitation of {email}", { email: invitation.email })}
        </span>
      </button>
    </li>
  );
}
