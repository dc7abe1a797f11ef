import { freeId } from "../content/parts";
import { PartList } from "../content/PartFrame";
import { ProseField } from "../content/ProseField";
import type { Deck } from "../content/values";
import { Field } from "../session/Field";
import { t } from "../words/words";

interface Props {
  deck: Deck;
  onChange: (deck: Deck) => void;
}

/** Edits a deck card by card. */
export function DeckEditor({ deck, onChange }: Props) {
  return (
    <section className="panel" aria-labelledby="cards-heading">
      <h2 id="cards-heading">{t("Cards")}</h2>
      <div className="form wide">
        <Field
          label={t("Title")}
          required
          maxLength={500}
          value={deck.title}
          onChange={(title) => onChange({ ...deck, title })}
        />
        <PartList
          name={t("Card")}
          parts={deck.cards}
          onChange={(cards) => onChange({ ...deck, cards })}
          make={() => ({ id: freeId("card", deck.cards), front: "", back: "" })}
          isRegenerable
          least={1}
        >
          {(card, set) => (
            <div className="field-row">
              <ProseField
                label={t("Front")}
                required
                rows={3}
                value={card.front}
                onChange={(front) => set({ ...card, front })}
              />
              <ProseField
                label={t("Back")}
                required
                rows={3}
                value={card.back}
                onChange={(back) => set({ ...card, back })}
              />
            </div>
          )}
        </PartList>
      </div>
    </section>
  );
}
