import type { Tab } from "../shell/Tabs";
import { t } from "../words/words";

/** The views of the administration, in the order in which they are shown. */
export const ADMIN_TABS: readonly Tab[] = [
  { to: "/admin/health", label: t("Health") },
  { to: "/admin/models", label: t("Models") },
  { to: "/admin/prompts", label: t("Prompts") },
  { to: "/admin/usage", label: t("Usage") },
  { to: "/admin/budgets", label: t("Budgets") },
  { to: "/admin/users", label: t("Users") },
  { to: "/admin/cache", label: t("Answer cache") },
  { to: "/admin/audit", label: t("Audit") },
  { to: "/admin/mails", label: t("Mails") },
  { to: "/admin/webhooks", label: t("Webhooks") },
  { to: "/admin/debugging", label: t("Debugging") },
];
