import { useTitle } from "../session/session";
import { t } from "../words/words";
import { NothingHere } from "./NothingHere";

export function NotFoundPage() {
  useTitle(t("Not found"));
  return (
    <main>
      <NothingHere />
    </main>
  );
}
