import { Link } from "react-router";

import { t } from "../words/words";

/** Says that an address leads nowhere. */
export function NothingHere() {
  return (
    <div className="empty-state">
      <h1>{t("There is nothing here")}</h1>
      <p>{t("The address may be mistyped, or the course may have been removed.")}</p>
      <Link className="button primary" to="/">
        {t("All courses")}
      </Link>
    </div>
  );
}
