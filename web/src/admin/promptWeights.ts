/** Which versions of a prompt are in use, with their shares where there are several: "2 (75 %)". */
import { t } from "../words/words";

export function inUse(weights: Record<string, number>): string {
  const used = Object.entries(weights).filter(([, weight]) => weight > 0);
  const all = used.reduce((sum, [, weight]) => sum + weight, 0);
  const [first] = used;
  if (first === undefined) return t("none");
  if (used.length === 1) return t("version {version}", { version: first[0] });
  const shares = used.map(([version, weight]) =>
    t("version {version} ({weight} %)", { version, weight: Math.round((weight / all) * 100) }),
  );
  return shares.join(", ");
}
