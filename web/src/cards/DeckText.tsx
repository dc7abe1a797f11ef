import { Prose } from "../content/Prose";
import { SourceList } from "../content/SourceList";
import type { Deck } from "../content/values";

/** The cards of a deck, one below the other. */
export function DeckText({ deck }: { deck: Deck }) {
  return (
    <ol className="deck">
      {deck.cards.map((card) => (
        <li key={card.id}>
          <Prose text={card.front} />
          <div className="back">
            <Prose text={card.back} />
            <SourceList sources={card.sources} />
          </div>
        </li>
      ))}
    </ol>
  );
}
