import { useState } from "react";

import { Figure } from "../admin/Figure";
import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { useSubmit } from "../session/useSubmit";
import { bytes, count } from "../shell/formats";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { Table } from "./Table";
import { clock, shortFrame } from "./times";

type Memory = components["schemas"]["MemoryRead"];

/** Snapshots of memory, each compared with the one before. */
export function MemoryView() {
  const [taken, setTaken] = useState<Memory | null>(null);
  const snapshot = useSubmit(async () => {
    setTaken(await body(api.POST("/api/v1/admin/debug/memory/snapshot")));
  });
  const tracing = useSubmit(async () => {
    const is_wanted = taken?.is_traced !== true;
    await body(api.PUT("/api/v1/admin/debug/memory/tracing", { body: { is_wanted } }));
    setTaken(await body(api.POST("/api/v1/admin/debug/memory/snapshot")));
  });
  return (
    <section className="panel" aria-labelledby="memory-heading">
      <h2 id="memory-heading">{t("Memory")}</h2>
      <p>
        {t(
          "A snapshot counts what is in memory and compares it with the one before. It holds the process up for some tenths of a second; tracing allocations slows it down until it is ended.",
        )}
      </p>
      <div className="form-actions">
        <form onSubmit={snapshot.submit}>
          <button type="submit" className="button primary" disabled={snapshot.isBusy}>
            {t("Take a snapshot")}
          </button>
        </form>
        <form onSubmit={tracing.submit}>
          <button type="submit" className="button" disabled={tracing.isBusy}>
            {taken?.is_traced === true ? t("End tracing") : t("Trace allocations")}
          </button>
        </form>
      </div>
      <ProblemLine problem={snapshot.problem ?? tracing.problem} />
      {taken !== null && <Snapshot taken={taken} />}
    </section>
  );
}

function Snapshot({ taken }: { taken: Memory }) {
  return (
    <>
      <p className="fine-print">
        {t("Process {pid} on {host}.", { pid: taken.process.pid, host: taken.process.host })}{" "}
        {taken.since === null
          ? t("A first one: the next is compared with it.")
          : t("Compared with the one of {time}.", { time: clock(taken.since) })}
      </p>
      <dl className="figures">
        <Figure name={t("Memory")} value={bytes(taken.resident_bytes)} />
        <Figure name={t("Objects")} value={count(taken.objects)} />
        <Figure name={t("Collections")} value={taken.collections.map(count).join(" / ")} />
      </dl>
      <Table
        label={t("Objects by type")}
        heads={[t("Type"), t("Count"), t("Difference")]}
        empty={t("None.")}
        rows={taken.types.map((row) => ({
          key: row.type,
          cells: [<code>{row.type}</code>, count(row.count), signed(row.difference)],
        }))}
      />
      {taken.is_traced && (
        <Table
          label={t("By line")}
          heads={[t("Where"), t("Held"), t("Difference"), t("Count")]}
          empty={t("Nothing is traced yet.")}
          rows={taken.lines.map((line) => ({
            key: line.place,
            cells: [
              <code>{shortFrame(line.place)}</code>,
              bytes(line.size_bytes),
              `${line.difference_bytes < 0 ? "−" : "+"}${bytes(Math.abs(line.difference_bytes))}`,
              count(line.count),
            ],
          }))}
        />
      )}
    </>
  );
}

function signed(difference: number): string {
  if (difference === 0) return "";
  return difference > 0 ? `+${count(difference)}` : `−${count(-difference)}`;
}
