import { chooseLanguage, type Language, language } from "../words/words";

const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["en", "English"],
  ["hi", "हिन्दी"],
];

interface Props {
  label: string;
  /** Has the choice kept elsewhere too, before the page is shown anew. */
  keep?: (language: Language) => Promise<void>;
}

/** The languages of the page, each by its own name; another one shows the page anew. */
export function LanguageSwitch({ label, keep }: Props) {
  const choose = async (code: Language) => {
    await keep?.(code);
    chooseLanguage(code);
  };
  return (
    <div role="group" className="languages" aria-label={label}>
      {LANGUAGES.map(([code, name]) => (
        <button
          key={code}
          type="button"
          className="button quiet"
          lang={code}
          aria-pressed={code === language}
          onClick={() => void choose(code)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
