import type { ReactNode } from "react";
import { Link } from "react-router";

import { Bell } from "../notifications/Bell";
import { useSession } from "../session/session";
import { t } from "../words/words";
import { Mark } from "./Mark";
import { ThemeSwitch } from "./ThemeSwitch";

/** The bar above every view: home, where one is, what can be done there, theme, the way out. */
export function TopBar({ children, actions }: { children?: ReactNode; actions?: ReactNode }) {
  const { person, signOut } = useSession();
  return (
    <header className="top-bar">
      <Link to="/" className="home" aria-label={t("NeuroShiksha, all courses")}>
        <Mark />
      </Link>
      <div className="where">{children}</div>
      {actions}
      {person?.role === "admin" && (
        <Link to="/admin" className="button quiet administration">
          {t("Admin")}
        </Link>
      )}
      <Bell />
      <Link to="/account" className="button quiet">
        {t("Account")}
      </Link>
      <ThemeSwitch />
      <button type="button" className="button quiet" onClick={() => void signOut()}>
        {t("Sign out")}
      </button>
    </header>
  );
}
