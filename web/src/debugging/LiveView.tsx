import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import type { components } from "../api/schema";
import { moment } from "../shell/formats";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { t } from "../words/words";

const LOOK_AGAIN_MS = 3000;

interface OfProcess {
  process: components["schemas"]["ProcessNameRead"];
}

interface Props<Seen extends OfProcess> {
  title: string;
  /** What it is that is read, with what it is narrowed to. */
  name: readonly unknown[];
  read: () => Promise<Seen>;
  /** Whether it is read again by itself until somebody says otherwise. */
  isLive?: boolean;
  children: (seen: Seen) => ReactNode;
}

/** A view of one process that is looked at again and again, and says which process answered. */
export function LiveView<Seen extends OfProcess>(props: Props<Seen>) {
  const [isLive, setLive] = useState(props.isLive ?? true);
  const seen = useQuery({
    queryKey: ["debugging", ...props.name],
    refetchInterval: isLive ? LOOK_AGAIN_MS : false,
    retry: false,
    queryFn: props.read,
  });
  return (
    <section className="panel" aria-label={props.title}>
      <header className="view-head">
        <h2>{props.title}</h2>
        <label className="check">
          <input
            type="checkbox"
            checked={isLive}
            onChange={(event) => setLive(event.target.checked)}
          />
          {t("Look again every 3 seconds")}
        </label>
        <button type="button" className="button quiet" onClick={() => void seen.refetch()}>
          {t("Look again")}
        </button>
      </header>
      {seen.isPending && <Loading what={props.title} />}
      {seen.isError && <Problem error={seen.error} onRetry={() => void seen.refetch()} />}
      {seen.data !== undefined && !seen.isError && (
        <>
          <p className="fine-print">
            {t("Answered by process {pid} on {host}, started {time}.", {
              pid: seen.data.process.pid,
              host: seen.data.process.host,
              time: moment(seen.data.process.started_at),
            })}
          </p>
          {props.children(seen.data)}
        </>
      )}
    </section>
  );
}
