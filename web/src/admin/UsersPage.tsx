import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { api, body } from "../api/client";
import { Invitations } from "../people/Invitations";
import { SCHOOL_ROLES, type SchoolRole } from "../people/roles";
import { Field } from "../session/Field";
import { useTitle } from "../session/session";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { UserRow } from "./UserRow";

interface Search {
  email: string;
  role: SchoolRole | "";
  state: "here" | "deleted";
}

const STATES = [
  ["here", t("In use or blocked")],
  ["deleted", t("Deleted")],
] as const;

/** The accounts of the school and their roles, and invitations to it. */
export function UsersPage() {
  useTitle(t("Users"));
  const [search, setSearch] = useState<Search>({ email: "", role: "", state: "here" });
  const users = useUsers(search);
  const found = users.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <h1>{t("Users")}</h1>
      <section className="panel" aria-labelledby="accounts-heading">
        <h2 id="accounts-heading">{t("Accounts")}</h2>
        <UserSearch search={search} onSearch={setSearch} />
        {users.isPending && <Loading what={t("accounts")} />}
        {users.isError && <Problem error={users.error} onRetry={() => void users.refetch()} />}
        {users.isSuccess && found.length === 0 && (
          <p className="empty-state">{t("No account is like that.")}</p>
        )}
        <ul className="plain-rows">
          {found.map((user) => (
            <UserRow key={user.id} user={user} isDeleted={search.state === "deleted"} />
          ))}
        </ul>
        {users.hasNextPage && (
          <button
            type="button"
            className="button"
            disabled={users.isFetchingNextPage}
            onClick={() => void users.fetchNextPage()}
          >
            {t("Show more")}
          </button>
        )}
      </section>
      <Invitations />
    </>
  );
}

function useUsers({ email, role, state }: Search) {
  return useInfiniteQuery({
    queryKey: ["users", email, role, state],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/users", {
          params: {
            query: {
              size: 50,
              sort: "email",
              deleted: state === "deleted",
              ...(email === "" ? {} : { email }),
              ...(role === "" ? {} : { role }),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
}

interface SearchProps {
  search: Search;
  onSearch: (search: Search) => void;
}

function UserSearch({ search, onSearch }: SearchProps) {
  const [email, setEmail] = useState(search.email);
  function submit(event: FormEvent) {
    event.preventDefault();
    onSearch({ ...search, email: email.trim() });
  }
  return (
    <form className="line-form" role="search" onSubmit={submit}>
      <Field
        label={t("E-mail, the whole address")}
        type="search"
        maxLength={254}
        value={email}
        onChange={setEmail}
      />
      <SelectField<SchoolRole | "">
        label={t("Role")}
        options={[["", t("Any")], ...SCHOOL_ROLES]}
        value={search.role}
        onChange={(role) => onSearch({ ...search, role })}
      />
      <SelectField
        label={t("State")}
        options={STATES}
        value={search.state}
        onChange={(state) => onSearch({ ...search, state })}
      />
      <button type="submit" className="button">
        {t("Search")}
      </button>
    </form>
  );
}
