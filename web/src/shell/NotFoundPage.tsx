import { Link } from "react-router";

import { useTitle } from "../session/session";

export function NotFoundPage() {
  useTitle("Not found");
  return (
    <main className="empty-state">
      <h1>There is nothing here</h1>
      <p>The address may be mistyped, or the course may have been removed.</p>
      <Link className="button primary" to="/">
        All courses
      </Link>
    </main>
  );
}
