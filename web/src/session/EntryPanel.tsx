import type { ReactNode } from "react";

import { LanguageSwitch } from "../shell/LanguageSwitch";
import { Mark } from "../shell/Mark";
import { t } from "../words/words";

/** The panel of all views that one needs no session for. */
export function EntryPanel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="sign-in">
      <div className="sign-in-panel">
        <Mark />
        <h1>{title}</h1>
        {children}
        <LanguageSwitch label={t("Language of the page")} />
      </div>
    </main>
  );
}
