/** The page's words in the language of its reader; English stands in the source itself. */

export type Language = "en" | "hi";

/** Said where the server asks to wait and nobody knows how long. */
const SOON_SECONDS = 2;
const STORED_LANGUAGE = "neuroshiksha.language";

/** The language of the page: what was chosen, else Hindi where the browser asks for it first. */
export const language: Language = chosenLanguage();

/** For dates and amounts; English ones follow the browser's own habits. */
export const locale: string | undefined = language === "hi" ? "hi-IN" : undefined;

// Awaited here once, so that constants can be put into words as well as what is drawn.
const [translations, byCode]: readonly Readonly<Record<string, string>>[] =
  language === "hi"
    ? [(await import("./hindi")).hindi, (await import("./hindiByCode")).hindiByCode]
    : [{}, {}];

/** English words in the page's language; `{name}` takes the value of that name.
 *
 * The English words are the key: where a translation is missing they stand for themselves.
 */
export function t(english: string, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(translations?.[english] ?? english, values);
}

/** What the server said, in the page's language where its code is known there, else as it is. */
export function told(
  code: string | undefined,
  said: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const words = code === undefined ? undefined : byCode?.[code];
  return words === undefined ? said : filled(words, { said, seconds: SOON_SECONDS, ...values });
}

/** A sentence with its values in place. */
export function filled(
  sentence: string,
  values: Readonly<Record<string, string | number>>,
): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Shows the page in another language, from the start. */
export function chooseLanguage(next: Language): void {
  localStorage.setItem(STORED_LANGUAGE, next);
  location.reload();
}

function chosenLanguage(): Language {
  if (typeof localStorage === "undefined") return "en";
  const stored = localStorage.getItem(STORED_LANGUAGE);
  if (stored === "en" || stored === "hi") return stored;
  return navigator.language.startsWith("hi") ? "hi" : "en";
}
