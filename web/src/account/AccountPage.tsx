import { lazy, Suspense } from "react";

import { api } from "../api/client";
import { ApiProblem } from "../api/problem";
import { usePerson, useTitle } from "../session/session";
import { LanguageSwitch } from "../shell/LanguageSwitch";
import { TopBar } from "../shell/TopBar";
import { MyData } from "./MyData";
import { type Language, t } from "../words/words";
import { PasswordChange } from "./PasswordChange";
import { SecondFactor } from "./SecondFactor";
import { SessionList } from "./SessionList";

const NoticeSettings = lazy(async () => ({
  default: (await import("../notifications/NoticeSettings")).NoticeSettings,
}));

/** One's own account: password, second factor, and where one is signed in. */
export function AccountPage() {
  const person = usePerson();
  useTitle(t("Account"));
  return (
    <>
      <TopBar>{t("Account")}</TopBar>
      <main className="account">
        <h1>{person.display_name}</h1>
        <p className="lead">{person.email}</p>
        <PasswordChange />
        <SecondFactor />
        <SessionList />
        <Suspense fallback={null}>
          <NoticeSettings />
        </Suspense>
        <MyData />
        <section aria-labelledby="language-heading" className="card">
          <h2 id="language-heading">{t("Language of page and mails")}</h2>
          <LanguageSwitch label={t("Language of page and mails")} keep={keepForMails} />
        </section>
      </main>
    </>
  );
}

/** The account's language; the page's own is changed even where this cannot be kept just now. */
async function keepForMails(language: Language): Promise<void> {
  try {
    await api.PATCH("/api/v1/users/me", { body: { language } as never });
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
  }
}
