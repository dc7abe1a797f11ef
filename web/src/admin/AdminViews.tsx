import "../styles/workspace.css";
import "../styles/admin.css";

import { Navigate, Outlet, Route, Routes } from "react-router";

import { DebuggingPage } from "../debugging/DebuggingPage";
import { usePerson } from "../session/session";
import { NotFoundPage } from "../shell/NotFoundPage";
import { Tabs } from "../shell/Tabs";
import { TopBar } from "../shell/TopBar";
import { t } from "../words/words";
import { AuditPage } from "./AuditPage";
import { BudgetsPage } from "./BudgetsPage";
import { CachePage } from "./CachePage";
import { HealthPage } from "./HealthPage";
import { MailsPage } from "./MailsPage";
import { ModelsPage } from "./ModelsPage";
import { PromptPage } from "./PromptPage";
import { PromptsPage } from "./PromptsPage";
import { ADMIN_TABS } from "./tabs";
import { UsagePage } from "./UsagePage";
import { UsersPage } from "./UsersPage";
import { WebhooksPage } from "./WebhooksPage";

/** What administrators look after; others are told that there is nothing. */
export default function AdminViews() {
  const { role } = usePerson();
  if (role !== "admin") return <NotFoundPage />;
  return (
    <Routes>
      <Route element={<AdminFrame />}>
        <Route index element={<Navigate to="health" replace />} />
        <Route path="health" element={<HealthPage />} />
        <Route path="models" element={<ModelsPage />} />
        <Route path="prompts" element={<PromptsPage />} />
        <Route path="prompts/:name" element={<PromptPage />} />
        <Route path="usage" element={<UsagePage />} />
        <Route path="budgets" element={<BudgetsPage />} />
        <Route path="users" element={<UsersPage />} />
        <Route path="cache" element={<CachePage />} />
        <Route path="audit" element={<AuditPage />} />
        <Route path="mails" element={<MailsPage />} />
        <Route path="webhooks" element={<WebhooksPage />} />
        <Route path="debugging/:view?" element={<DebuggingPage />} />
      </Route>
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}

function AdminFrame() {
  return (
    <>
      <TopBar>{t("Administration")}</TopBar>
      <Tabs label={t("Administration")} tabs={ADMIN_TABS} />
      <main className="workspace">
        <Outlet />
      </main>
    </>
  );
}
