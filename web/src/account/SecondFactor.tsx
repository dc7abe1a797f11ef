import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, body } from "../api/client";
import type { components } from "../api/schema";
import { Field } from "../session/Field";
import { useSession } from "../session/session";
import { useSubmit } from "../session/useSubmit";
import { Problem } from "../shell/Problem";
import { ProblemLine } from "../shell/ProblemLine";
import { t } from "../words/words";
import { RecoveryCodes } from "./RecoveryCodes";

type Setup = components["schemas"]["SecondFactorSetupRead"];

/** One's authenticator app: set up, confirmed, disabled. */
export function SecondFactor() {
  const queries = useQueryClient();
  const [codes, setCodes] = useState<string[] | null>(null);
  const status = useQuery({
    queryKey: ["second-factor"],
    queryFn: () => body(api.GET("/api/v1/auth/2fa")),
  });
  const { reload } = useSession();
  const refresh = () =>
    Promise.all([
      reload(),
      queries.invalidateQueries({ queryKey: ["second-factor"] }),
      queries.invalidateQueries({ queryKey: ["sessions"] }),
    ]);

  return (
    <section aria-labelledby="second-factor-heading" className="card">
      <h2 id="second-factor-heading">{t("Two-factor authentication")}</h2>
      {status.isError && <Problem error={status.error} onRetry={() => void status.refetch()} />}
      {codes !== null && <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />}
      {status.data?.is_required === true && !status.data.is_enabled && (
        <p className="notice">{t("Your role needs a second factor. Set it up to go on.")}</p>
      )}
      {status.data?.is_enabled === false && (
        <SettingUp
          onEnabled={(next) => {
            setCodes(next);
            void refresh();
          }}
        />
      )}
      {status.data?.is_enabled === true && codes === null && (
        <>
          <p>
            {t(
              "Signing in asks for a code of your authenticator app. {recoveryCodesLeft} recovery codes are left.",
              { recoveryCodesLeft: status.data.recovery_codes_left },
            )}
          </p>
          <Disabling onDisabled={() => void refresh()} />
        </>
      )}
    </section>
  );
}

function SettingUp({ onEnabled }: { onEnabled: (codes: string[]) => void }) {
  const [password, setPassword] = useState("");
  const [setup, setSetup] = useState<Setup | null>(null);
  const { isBusy, problem, submit } = useSubmit(async () => {
    setSetup(await body(api.POST("/api/v1/auth/2fa/setup", { body: { password } })));
  });

  if (setup !== null) return <Confirming setup={setup} onEnabled={onEnabled} />;
  return (
    <form onSubmit={submit}>
      <p>{t("Besides your password, signing in then asks for a code of an app on your phone.")}</p>
      <Field
        label={t("Your password")}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      <ProblemLine problem={problem} />
      <button type="submit" className="button" disabled={isBusy}>
        {t("Set it up")}
      </button>
    </form>
  );
}

interface ConfirmingProps {
  setup: Setup;
  onEnabled: (codes: string[]) => void;
}

function Confirming({ setup, onEnabled }: ConfirmingProps) {
  const [otp, setOtp] = useState("");
  const { isBusy, problem, submit } = useSubmit(async () => {
    const made = await body(api.POST("/api/v1/auth/2fa/confirm", { body: { otp } }));
    onEnabled(made.recovery_codes);
  });
  return (
    <form onSubmit={submit}>
      <p>{t("Scan this with your authenticator app, then type the code that it shows.")}</p>
      <img className="qr-code" src={setup.qr_code} alt={t("QR code for an authenticator app")} />
      <details>
        <summary>{t("It cannot be scanned")}</summary>
        <p className="fine-print">
          {t("Type this key instead:")} <code className="secret">{setup.secret}</code>
        </p>
      </details>
      <Field
        label={t("Code")}
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        minLength={6}
        value={otp}
        onChange={setOtp}
      />
      <ProblemLine problem={problem} />
      <button type="submit" className="button primary" disabled={isBusy}>
        {t("Confirm")}
      </button>
    </form>
  );
}

function Disabling({ onDisabled }: { onDisabled: () => void }) {
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const { isBusy, problem, submit } = useSubmit(async () => {
    await api.POST("/api/v1/auth/2fa/disable", { body: { password, otp } });
    onDisabled();
  });
  return (
    <details>
      <summary>{t("Disable it")}</summary>
      <form onSubmit={submit}>
        <Field
          label={t("Your password")}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        <Field
          label={t("Code")}
          autoComplete="one-time-code"
          required
          minLength={6}
          hint={t("Of the app, or a recovery code.")}
          value={otp}
          onChange={setOtp}
        />
        <ProblemLine problem={problem} />
        <button type="submit" className="button" disabled={isBusy}>
          {t("Disable two-factor authentication")}
        </button>
      </form>
    </details>
  );
}
