import { Component, type ReactNode, Suspense } from "react";

import { t } from "../words/words";
import { Loading } from "./Loading";

interface State {
  hasFailed: boolean;
}

/** Shows a view that comes in a file of its own, and what to do where the file does not come. */
export class ViewBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (this.state.hasFailed) {
      return (
        <main className="empty-state" role="alert">
          <h1>{t("This view could not be shown")}</h1>
          <p>{t("The page may have been renewed meanwhile, or the connection is gone.")}</p>
          <button type="button" className="button primary" onClick={() => location.reload()}>
            {t("Load the page again")}
          </button>
        </main>
      );
    }
    return (
      <Suspense
        fallback={
          <main className="workspace">
            <Loading what={t("the view")} />
          </main>
        }
      >
        {this.props.children}
      </Suspense>
    );
  }
}
