import { useEffect, useState } from "react";

type Theme = "light" | "dark";

const STORED_THEME = "neuroshiksha.theme";

function preferredTheme(): Theme {
  const stored = localStorage.getItem(STORED_THEME);
  if (stored === "light" || stored === "dark") return stored;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(preferredTheme);

  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);

  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      className="button quiet icon"
      aria-label={`Switch to ${other} theme`}
      title={`Switch to ${other} theme`}
      onClick={() => {
        localStorage.setItem(STORED_THEME, other);
        setTheme(other);
      }}
    >
      <span aria-hidden="true">{theme === "dark" ? "☀" : "☾"}</span>
    </button>
  );
}
