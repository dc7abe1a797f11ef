import { useEffect, useRef } from "react";
import { Link, useLocation } from "react-router";

export interface Tab {
  to: string;
  label: string;
  /** Whether only this very address is the tab's, and none below it. */
  end?: boolean;
  /** Addresses that, with all below them, belong to the tab as well. */
  holds?: readonly string[];
}

/** Whether the address is the tab's own, or one of what it holds. */
export function isShown({ to, end = false, holds = [] }: Tab, pathname: string): boolean {
  if (end && pathname === to) return true;
  const places = end ? holds : [to, ...holds];
  return places.some((place) => pathname === place || pathname.startsWith(`${place}/`));
}

/** The views of one area, side by side; the shown one is marked. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    // On a phone the shown one may stand beyond the edge.
    const shown = nav.current?.querySelector('[aria-current="page"]');
    shown?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav ref={nav} className="tabs" aria-label={label}>
      <ul>
        {tabs.map((tab) => (
          <li key={tab.to}>
            <Link to={tab.to} aria-current={isShown(tab, pathname) ? "page" : undefined}>
              {tab.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
