"""What the built-in writer says in its own words, in English and Hindi: never about the subject."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Phrases around what the material says. Names in braces are filled in.

    Attributes:
        about: Opens a narration: `{topic}`.
        parts: Says what is to come: `{topics}`.
        closing: Opens a summing up.
        summary: A heading.
        overview: A heading.
        formula: A heading for formulas.
        pitfalls: A heading.
        meaning: Asks what `{term}` means.
        which_term: Asks for the term of `{meaning}`.
        write_term: Asks to write the term of `{meaning}`.
        fill_gap: Asks to complete a sentence.
        fill_number: Asks for the number that was taken out of `{sentence}`.
        answer_in: Says in which `{unit}` to answer.
        which_right: Asks for all right statements on `{topic}`.
        order: Asks to bring the steps of `{topic}` into order.
        match: Asks to match terms and meanings.
        explain: Asks to explain `{topic}`.
        state_formula: Asks for the formula of `{term}`.
        material_says: Gives `{sentence}` as the reason.
        meaning_of_other: Tells whose meaning or term was chosen: `{term}`.
        mistaken_for: The mistake of taking `{other}` for `{term}`.
        does_not_fit: Tells that `{term}` does not stand in the sentence.
        changed: The mistake behind a statement that says otherwise than the material.
        objective_term: An objective: what `{term}` means.
        objective_topic: An objective: to explain `{topic}`.
        objective_problem: An objective: to solve problems on `{topic}`.
        listing: Joins the last two of a list.
        quiz: The title of a quiz on `{topic}`.
        this_table: Says that a table of `{columns}` is shown.
        this_listing: Says that a listing is shown.
    """

    about: str
    parts: str
    closing: str
    summary: str
    overview: str
    formula: str
    pitfalls: str
    meaning: str
    which_term: str
    write_term: str
    fill_gap: str
    fill_number: str
    answer_in: str
    which_right: str
    order: str
    match: str
    explain: str
    state_formula: str
    material_says: str
    meaning_of_other: str
    mistaken_for: str
    does_not_fit: str
    changed: str
    objective_term: str
    objective_topic: str
    objective_problem: str
    listing: str
    quiz: str
    this_table: str
    this_listing: str

    def listed(self, names: list[str]) -> str:
        """Names in a row, as one says them."""
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self.listing} {names[-1]}"


_ENGLISH: Final = OwnWords(
    about="This is about: {topic}.",
    parts="It has these parts: {topics}.",
    closing="Let us sum up.",
    summary="Summary",
    overview="Overview",
    formula="Formulas",
    pitfalls="What is easily confused",
    meaning="What does “{term}” mean?",
    which_term="Which term fits this description?\n\n“{meaning}”",
    write_term="Write the term that fits this description.\n\n“{meaning}”",
    fill_gap="Complete the sentence.",
    fill_number="Which number belongs in the gap?\n\n“{sentence}”",
    answer_in="(Answer in {unit}.)",
    which_right="Which of these statements are right? Choose all of them. (Topic: {topic})",
    order="Bring the steps into their right order. (Topic: {topic})",
    match="Match each term with its meaning.",
    explain="Explain: {topic}",
    state_formula="What is the formula for {term}?",
    material_says="The material says: “{sentence}”",
    meaning_of_other="This belongs to “{term}”.",
    mistaken_for="Takes “{other}” for “{term}”.",
    does_not_fit="“{term}” does not stand in this sentence of the material.",
    changed="Says otherwise than the material: “{sentence}”",
    objective_term="Say what “{term}” means.",
    objective_topic="Explain the main points of “{topic}”.",
    objective_problem="Solve problems on “{topic}”.",
    listing="and",
    quiz="Quiz: {topic}",
    this_table="Here is a table of the material: {columns}.",
    this_listing="Here is a listing of the material.",
)
_HINDI: Final = OwnWords(
    about="विषय है: {topic}।",
    parts="इसके भाग ये हैं: {topics}।",
    closing="आइए, मुख्य बातें दोहराएँ।",
    summary="सारांश",
    overview="एक नज़र में",
    formula="सूत्र",
    pitfalls="क्या अक्सर गड़बड़ाता है",
    meaning="“{term}” का क्या अर्थ है?",
    which_term="यह वर्णन किस पद का है?\n\n“{meaning}”",
    write_term="वह पद लिखिए जिसका यह वर्णन है।\n\n“{meaning}”",
    fill_gap="वाक्य पूरा कीजिए।",
    fill_number="रिक्त स्थान में कौन-सी संख्या आएगी?\n\n“{sentence}”",
    answer_in="(उत्तर {unit} में दीजिए।)",
    which_right="इनमें से कौन-से कथन सही हैं? सभी सही कथन चुनिए। (विषय: {topic})",
    order="चरणों को सही क्रम में लगाइए। (विषय: {topic})",
    match="हर पद को उसके अर्थ से मिलाइए।",
    explain="समझाइए: {topic}",
    state_formula="“{term}” का सूत्र क्या है?",
    material_says="सामग्री में लिखा है: “{sentence}”",
    meaning_of_other="यह “{term}” से संबंधित है।",
    mistaken_for="“{other}” को “{term}” समझ लिया।",
    does_not_fit="“{term}” सामग्री के इस वाक्य में नहीं आता।",
    changed="सामग्री इससे अलग कहती है: “{sentence}”",
    objective_term="“{term}” का अर्थ बताना।",
    objective_topic="“{topic}” की मुख्य बातें समझाना।",
    objective_problem="“{topic}” के प्रश्न हल करना।",
    listing="और",
    quiz="प्रश्नोत्तरी: {topic}",
    this_table="सामग्री की एक तालिका देखिए: {columns}।",
    this_listing="सामग्री का एक प्रोग्राम देखिए।",
)
_BY_LANGUAGE: Final = MappingProxyType({"hi": _HINDI, "mr": _HINDI, "ne": _HINDI, "sa": _HINDI})


def own_words(language: str) -> OwnWords:
    """The phrases of a language; English where it has none of its own."""
    return _BY_LANGUAGE.get(language, _ENGLISH)
