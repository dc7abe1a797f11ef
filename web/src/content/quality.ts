/** What the quality gate says of content, read from its stored report. */

import { t } from "../words/words";

export interface QualityFinding {
  /** The part it is about; null for the whole. */
  item: string | null;
  detail: string;
  /** Whether it stands in the way of publishing. */
  isFailing: boolean;
}

export interface QualityReport {
  findings: QualityFinding[];
  /** What was looked at, in words; empty where the report does not say. */
  checks: string[];
  skipped: string[];
  method: string | null;
  material: UsedMaterial | null;
}

/** How much of the material that was read the content stands on. */
export interface UsedMaterial {
  share: number;
  used: number;
  read: number;
  leftOut: string[];
}

const CHECKS: Readonly<Record<string, string>> = {
  keys: t("answer keys"),
  facts: t("facts"),
  sources: t("sources"),
  duplicates: t("duplicates"),
  reading_level: t("reading level"),
  objectives: t("objectives"),
  form: t("form of the questions"),
};

type Json = Record<string, unknown>;

/** Reads a stored report; null where content was not looked at. */
export function qualityOf(stored: Json | null): QualityReport | null {
  if (stored === null) return null;
  return {
    findings: list(stored["findings"]).map(ofFinding),
    checks: texts(stored["checks"]).map((check) => CHECKS[check] ?? check),
    skipped: list(stored["skipped"]).map(
      ({ check, reason }) => `${CHECKS[String(check)] ?? String(check)}: ${String(reason)}`,
    ),
    method: typeof stored["method"] === "string" ? stored["method"] : null,
    material: materialOf(stored["material"]),
  };
}

function materialOf(stored: unknown): UsedMaterial | null {
  if (typeof stored !== "object" || stored === null) return null;
  const told = stored as Json;
  return {
    share: Number(told["share"]),
    used: Number(told["passages_used"]),
    read: Number(told["passages_read"]),
    leftOut: texts(told["left_out"]),
  };
}

function ofFinding(finding: Json): QualityFinding {
  return {
    item: typeof finding["item_id"] === "string" ? finding["item_id"] : null,
    detail: String(finding["detail"]),
    isFailing: finding["severity"] === "fail",
  };
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
