import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { useSubmit } from "../session/useSubmit";
import { Loading } from "../shell/Loading";
import { useNotify } from "../shell/Notices";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { SelectField } from "../shell/SelectField";
import { t } from "../words/words";
import { clockOf, minuteOf, zones } from "./hours";
import { KIND_WORDS, type NoticeKind } from "./noticeWords";

type Settings = components["schemas"]["NotificationSettingsRead"];

const CHANNEL_WORDS: Readonly<Record<string, string>> = {
  page: t("On the page"),
  email: t("By e-mail"),
};
const DIGESTS = [
  ["off", t("at once")],
  ["daily", t("once a day, at 7 o'clock")],
  ["weekly", t("once a week, on Mondays at 7 o'clock")],
] as const;

/** What one is told, by which way and when. */
export function NoticeSettings() {
  const settings = useQuery({
    queryKey: ["notice-settings"],
    queryFn: () => body(api.GET("/api/v1/users/me/notifications/settings")),
  });
  return (
    <section aria-labelledby="notices-heading" className="card">
      <h2 id="notices-heading">{t("Notices")}</h2>
      {settings.isPending && <Loading what={t("the settings")} />}
      {settings.isError && (
        <Problem error={settings.error} onRetry={() => void settings.refetch()} />
      )}
      {settings.isSuccess && <SettingsForm stored={settings.data} />}
    </section>
  );
}

function SettingsForm({ stored }: { stored: Settings }) {
  const [choices, setChoices] = useState(stored.choices);
  const [digest, setDigest] = useState(stored.digest);
  const [isQuiet, setQuiet] = useState(stored.quiet_hours !== null);
  const [from, setFrom] = useState(clockOf(stored.quiet_hours?.from_minute ?? 22 * 60));
  const [until, setUntil] = useState(clockOf(stored.quiet_hours?.until_minute ?? 7 * 60));
  const [zone, setZone] = useState(stored.time_zone);
  const queries = useQueryClient();
  const notify = useNotify();
  const { isBusy, problem, submit } = useSubmit(async () => {
    const kept = await body(
      api.PUT("/api/v1/users/me/notifications/settings", {
        body: {
          choices,
          digest,
          quiet_hours: isQuiet ? { from_minute: minuteOf(from), until_minute: minuteOf(until) } : null,
          time_zone: zone,
        },
      }),
    );
    queries.setQueryData(["notice-settings"], kept);
    notify(t("Kept."));
  });
  const toggle = (kind: string, channel: string, isChosen: boolean) => {
    const others = (choices[kind] ?? []).filter((name) => name !== channel);
    setChoices({ ...choices, [kind]: isChosen ? [...others, channel] : others });
  };
  return (
    <form className="form" onSubmit={submit}>
      <div className="table-scroll">
        <table className="notice-choices">
          <thead>
            <tr>
              <th scope="col">{t("What")}</th>
              {stored.channels.map((channel) => (
                <th key={channel} scope="col">
                  {CHANNEL_WORDS[channel] ?? channel}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(Object.keys(KIND_WORDS) as NoticeKind[]).map((kind) => (
              <tr key={kind}>
                <th scope="row">{KIND_WORDS[kind]}</th>
                {stored.channels.map((channel) => (
                  <td key={channel}>
                    <input
                      type="checkbox"
                      aria-label={`${KIND_WORDS[kind]}: ${CHANNEL_WORDS[channel] ?? channel}`}
                      checked={choices[kind]?.includes(channel) ?? false}
                      onChange={(event) => toggle(kind, channel, event.target.checked)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <SelectField label={t("Mails come")} options={DIGESTS} value={digest} onChange={setDigest} />
      <label className="check">
        <input
          type="checkbox"
          checked={isQuiet}
          onChange={(event) => setQuiet(event.target.checked)}
        />
        {t("No mail in quiet hours")}
      </label>
      {isQuiet && (
        <div className="field-row">
          <Field label={t("From")} type="time" required value={from} onChange={setFrom} />
          <Field label={t("Until")} type="time" required value={until} onChange={setUntil} />
        </div>
      )}
      <SelectField
        label={t("Time zone")}
        options={zones(zone).map((name) => [name, name] as const)}
        value={zone}
        onChange={setZone}
      />
      <ProblemLine problem={problem} />
      <div className="form-actions">
        <button type="submit" className="button primary" disabled={isBusy}>
          {t("Save")}
        </button>
      </div>
    </form>
  );
}
