import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api } from "../api/client";
import type { components } from "../api/schema";
import { SCHOOL_ROLES, type SchoolRole } from "../people/roles";
import { usePerson } from "../session/session";
import { day } from "../shell/formats";
import { useNotify } from "../shell/Notices";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";

type User = components["schemas"]["UserRead"];

/** An account: its role in the school, and ways to block, delete and restore it. */
export function UserRow({ user, isDeleted }: { user: User; isDeleted: boolean }) {
  const isOneself = usePerson().id === user.id;
  const { change, remove, restore } = useAccount(user);
  const problem = (change.error ?? remove.error ?? restore.error)?.message ?? null;
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          {user.display_name}
          {isOneself && <span className="chip">{t("you")}</span>}
          {!user.is_active && !isDeleted && (
            <span className="chip state failing">{t("Blocked")}</span>
          )}
        </p>
        <p className="fine-print">
          {t("{email} · since {createdAt}", { email: user.email, createdAt: day(user.created_at) })}
        </p>
        <ProblemLine problem={problem} />
      </div>
      {isDeleted && (
        <button type="button" className="button" onClick={() => restore.mutate()}>
          {t("Restore")}
          <span className="visually-hidden"> {user.display_name}</span>
        </button>
      )}
      {!isDeleted && !isOneself && (
        <div className="row-actions">
          <SelectField
            label={t("Role of {displayName}", { displayName: user.display_name })}
            isLabelHidden
            options={SCHOOL_ROLES}
            value={change.isPending ? (change.variables.role ?? user.role) : user.role}
            onChange={(role) => change.mutate({ role })}
          />
          <button
            type="button"
            className="button quiet"
            onClick={() => change.mutate({ is_active: !user.is_active })}
          >
            {user.is_active ? t("Block") : t("Unblock")}
            <span className="visually-hidden"> {user.display_name}</span>
          </button>
          <button type="button" className="button quiet" onClick={() => remove.mutate()}>
            {t("Delete")}
            <span className="visually-hidden"> {user.display_name}</span>
          </button>
        </div>
      )}
    </li>
  );
}

function useAccount(user: User) {
  const queries = useQueryClient();
  const notify = useNotify();
  const params = { path: { user_id: user.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["users"] });
  const change = useMutation({
    mutationFn: (part: { role?: SchoolRole; is_active?: boolean }) =>
      // What is not sent stays; the schema has no way to say so of fields with a default.
      api.PATCH("/api/v1/users/{user_id}", { params, body: part as never }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/v1/users/{user_id}", { params }),
    onSuccess: () =>
      notify(
        t("The account of {displayName} is deleted.", { displayName: user.display_name }),
        async () => {
          await api.POST("/api/v1/users/{user_id}/restore", { params });
          await refresh();
        },
      ),
    onSettled: refresh,
  });
  const restore = useMutation({
    mutationFn: () => api.POST("/api/v1/users/{user_id}/restore", { params }),
    onSuccess: () =>
      notify(t("The account of {displayName} is back.", { displayName: user.display_name })),
    onSettled: refresh,
  });
  return { change, remove, restore };
}
