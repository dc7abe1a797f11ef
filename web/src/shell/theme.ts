export type Theme = "light" | "dark";

const STORED_THEME = "neuroshiksha.theme";

/** What was chosen in this browser, else what the system prefers. */
export function preferredTheme(): Theme {
  const stored = localStorage.getItem(STORED_THEME);
  if (stored === "light" || stored === "dark") return stored;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Shows the page in a theme. */
export function showTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
}

/** Keeps a theme for this browser. */
export function storeTheme(theme: Theme): void {
  localStorage.setItem(STORED_THEME, theme);
}
