import { Webhooks } from "../notifications/Webhooks";
import { useTitle } from "../session/session";
import { t } from "../words/words";

/** Other systems that are told of what happens in all courses. */
export function WebhooksPage() {
  useTitle(t("Webhooks"));
  return (
    <>
      <h1>{t("Webhooks")}</h1>
      <Webhooks courseId={null} />
    </>
  );
}
