import type { ReactNode } from "react";
import { Link } from "react-router";

import { useSession } from "../session/session";
import { Mark } from "./Mark";
import { ThemeSwitch } from "./ThemeSwitch";

/** The bar above every view: home, where one is, what can be done there, theme, the way out. */
export function TopBar({ children, actions }: { children?: ReactNode; actions?: ReactNode }) {
  const { signOut } = useSession();
  return (
    <header className="top-bar">
      <Link to="/" className="home" aria-label="NeuroShiksha, all courses">
        <Mark />
      </Link>
      <div className="where">{children}</div>
      {actions}
      <ThemeSwitch />
      <button type="button" className="button quiet" onClick={signOut}>
        Sign out
      </button>
    </header>
  );
}
