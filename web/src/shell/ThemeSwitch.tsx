import { useState } from "react";

import { t } from "../words/words";
import { preferredTheme, showTheme, storeTheme, type Theme } from "./theme";

export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(preferredTheme);
  const other = theme === "dark" ? "light" : "dark";
  const name = other === "dark" ? t("Switch to dark theme") : t("Switch to light theme");
  return (
    <button
      type="button"
      className="button quiet icon"
      aria-label={name}
      title={name}
      onClick={() => {
        storeTheme(other);
        showTheme(other);
        setTheme(other);
      }}
    >
      <span aria-hidden="true">{theme === "dark" ? "☀" : "☾"}</span>
    </button>
  );
}
