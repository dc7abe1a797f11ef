import { Link } from "react-router";

import { counted, percent } from "../shell/formats";
import { t } from "../words/words";
import { KINDS } from "./collections";
import { useOpenedContent } from "./ContentPage";
import { nameOfPart } from "./parts";
import { type QualityFinding, qualityOf, type UsedMaterial } from "./quality";
import { RegenerateButton } from "./RegenerateButton";

/** What the quality gate found, part by part, and what cites a document that has changed. */
export function QualityView() {
  const { state, collection, canEdit } = useOpenedContent();
  const report = qualityOf(state.quality ?? null);
  const kind = KINDS[collection];
  return (
    <>
      {state.stale_parts.length > 0 && <StaleParts />}
      <section className="panel" aria-labelledby="quality-heading">
        <h2 id="quality-heading">{t("Quality report")}</h2>
        {report === null && (
          <p>
            {t(
              "The quality gate has not looked at this version. Read it through before you publish it.",
            )}
          </p>
        )}
        {report !== null && (
          <>
            <p>{verdict(report.findings, kind.one)}</p>
            {report.checks.length > 0 && (
              <p className="fine-print">
                {t("Looked at: {checks}", { checks: report.checks.join(", ") })}
                {report.method !== null && `; ${methodWords(report.method)}`}.
              </p>
            )}
            {report.material !== null && <Material material={report.material} />}
            {report.skipped.map((line) => (
              <p key={line} className="fine-print">
                {t("Not looked at: {line}", { line })}
              </p>
            ))}
            <ul className="plain-rows">
              {[...new Set(report.findings.map((finding) => finding.item))].map((item) => (
                <PartRow
                  key={item}
                  item={item}
                  findings={report.findings.filter((finding) => finding.item === item)}
                  canEdit={canEdit}
                />
              ))}
            </ul>
          </>
        )}
      </section>
    </>
  );
}

/** What was used of the material, and under which of its headings nothing was. */
function Material({ material }: { material: UsedMaterial }) {
  return (
    <p className="fine-print">
      {t("It stands on {used} of {read} passages that were read, {share} of their text.", {
        used: material.used,
        read: material.read,
        share: percent(material.share),
      })}
      {material.leftOut.length > 0 &&
        ` ${t("Nothing is taken from: {headings}.", { headings: material.leftOut.join("; ") })}`}
    </p>
  );
}

function methodWords(method: string): string {
  return method === "grounded"
    ? t("by the built-in check against the material")
    : t("questions answered blind by {method}", { method });
}

function verdict(findings: readonly QualityFinding[], one: string): string {
  const failing = new Set(findings.filter((found) => found.isFailing).map((found) => found.item));
  if (findings.length === 0) return t("Nothing was found against this {one}.", { one });
  if (failing.size === 0) return t("Nothing stands in the way of publishing this {one}.", { one });
  return t("{size} not pass: correct them, or publish with a reason.", {
    size: counted(failing.size, t("part does"), t("parts do")),
  });
}

interface PartProps {
  /** The part that was found fault with; null for the whole. */
  item: string | null;
  findings: readonly QualityFinding[];
  canEdit: boolean;
}

function PartRow({ item, findings, canEdit }: PartProps) {
  const { state, collection, slug } = useOpenedContent();
  const isFailing = findings.some((finding) => finding.isFailing);
  return (
    <li className="wrapping">
      <div className="row-text">
        <p className="row-title">
          <span className={`chip state ${isFailing ? "failed" : "pending"}`}>
            {isFailing ? t("Does not pass") : t("Look at this")}
          </span>
          {item === null ? t("The whole") : nameOfPart(state.content, item)}
        </p>
        {findings.map(({ detail }) => (
          <p key={detail} className="finding">
            {detail}
          </p>
        ))}
      </div>
      {canEdit && item !== null && (
        <div className="row-actions">
          <Link className="button" to={`/courses/${slug}/${collection}/${state.id}/edit#${item}`}>
            {t("Edit")}
            <span className="visually-hidden"> {nameOfPart(state.content, item)}</span>
          </Link>
          <RegenerateButton collection={collection} state={state} part={item} />
        </div>
      )}
    </li>
  );
}

function StaleParts() {
  const { state, collection, canEdit } = useOpenedContent();
  return (
    <section className="panel" aria-labelledby="stale-heading">
      <h2 id="stale-heading">{t("A source has changed")}</h2>
      <p>{t("These parts cite a document of which there is a newer version:")}</p>
      <ul className="plain-rows">
        {state.stale_parts.map((part) => (
          <li key={part}>
            <p className="row-title">{nameOfPart(state.content, part)}</p>
          </li>
        ))}
      </ul>
      {canEdit && (
        <RegenerateButton
          collection={collection}
          state={state}
          part={null}
          words={t("Write these parts anew")}
        />
      )}
    </section>
  );
}
