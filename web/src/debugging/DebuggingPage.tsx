import "../styles/debugging.css";

import type { ReactNode } from "react";
import { Navigate, useParams } from "react-router";

import { useTitle } from "../session/session";
import { type Tab, Tabs } from "../shell/Tabs";
import { t } from "../words/words";
import { LogView } from "./LogView";
import { MemoryView } from "./MemoryView";
import { OverviewView } from "./OverviewView";
import { RequestsView } from "./RequestsView";
import { StatementsView } from "./StatementsView";
import { StoresView } from "./StoresView";
import { TasksView } from "./TasksView";
import { TokenView } from "./TokenView";

const VIEWS: Record<string, { label: string; view: ReactNode }> = {
  process: { label: t("Process"), view: <OverviewView /> },
  requests: { label: t("Requests"), view: <RequestsView /> },
  statements: { label: t("Statements"), view: <StatementsView /> },
  tasks: { label: t("Tasks"), view: <TasksView /> },
  memory: { label: t("Memory"), view: <MemoryView /> },
  stores: { label: t("Caches and jobs"), view: <StoresView /> },
  token: { label: t("Token"), view: <TokenView /> },
  log: { label: t("Log"), view: <LogView /> },
};
const FIRST = "process";
const TABS: readonly Tab[] = Object.entries(VIEWS).map(([name, { label }]) => {
  const to = `/admin/debugging/${name}`;
  return name === FIRST ? { to: "/admin/debugging", end: true, holds: [to], label } : { to, label };
});

/** What administrators may look at in a running process. */
export function DebuggingPage() {
  useTitle(t("Debugging"));
  const { view = FIRST } = useParams();
  const shown = VIEWS[view];
  if (shown === undefined) return <Navigate to="/admin/debugging" replace />;
  return (
    <>
      <h1>{t("Debugging")}</h1>
      <p className="fine-print">
        {t(
          "Each process keeps its own figures. Where several serve, the next look may be answered by another.",
        )}
      </p>
      <Tabs label={t("Debugging")} tabs={TABS} />
      {shown.view}
    </>
  );
}
