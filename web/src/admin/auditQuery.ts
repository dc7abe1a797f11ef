/** What is looked for in the audit log, as the form holds it; "" is anything. */
export interface AuditSearch {
  text: string;
  action: string;
  /** Days as date fields write them, in the time of this browser; the last is within. */
  since: string;
  until: string;
}

export const EVERYTHING: AuditSearch = { text: "", action: "", since: "", until: "" };

interface AuditQuery {
  text?: string;
  action?: string;
  since?: string;
  until?: string;
}

/** The parameters of a search, without those that ask for anything. */
export function auditQuery({ text, action, since, until }: AuditSearch): AuditQuery {
  return {
    ...(text.trim() === "" ? {} : { text: text.trim() }),
    ...(action.trim() === "" ? {} : { action: action.trim() }),
    ...(since === "" ? {} : { since: midnight(since, 0) }),
    ...(until === "" ? {} : { until: midnight(until, 1) }),
  };
}

function midnight(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}
