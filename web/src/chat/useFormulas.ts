import { useEffect, useState } from "react";
import type { Options } from "react-markdown";

type Plugins = NonNullable<Options["rehypePlugins"]>;

const NONE: Plugins = [];

let loaded: Plugins | null = null;

/** Fetches what typesets formulas; they stay as written where it does not come. */
export async function loadFormulas(): Promise<Plugins> {
  try {
    loaded = (await import("./formulas")).formulaPlugins;
    return loaded;
  } catch {
    return NONE;
  }
}

/** What a text's formulas are typeset with, once that has come; none for a text without any. */
export function useFormulas(text: string): Plugins {
  const [plugins, setPlugins] = useState<Plugins>(() => loaded ?? NONE);
  const isWanted = text.includes("$");
  useEffect(() => {
    if (!isWanted || plugins !== NONE) return;
    let isShown = true;
    void loadFormulas().then((found) => {
      if (isShown) setPlugins(found);
    });
    return () => {
      isShown = false;
    };
  }, [isWanted, plugins]);
  return plugins;
}
