"""Which English words mean the opposite of one another, and which mean the same."""

import functools
from pathlib import Path

from ai.retrieval.terms import analyse

RELATIONS_FILE = Path(__file__).parent / "word_relations.tsv"


# Stemming leaves these forms of a verb apart from the others.
_FORMS = """
arose arisen:aris ate eaten:eat bade:bid beaten:beat became:becom began begun:begin bent:bend
bound:bind blew blown:blow bore born:bear bought:buy bred:breed broke broken:break brought:bring
built:build came:come caught:catch chose chosen:choos dealt:deal did done:do drawn drew:draw
driven drove:drive drunk drank:drink fallen fell:fall fed:feed felt:feel flew flown:fli fought:fight
found:find gave given:give gone went:go got gotten:get grew grown:grow had:have heard:hear held:hold
hidden hid:hide kept:keep knew known:know laid:lay led:lead left:leav lent:lend lost:lose made:make
meant:mean met:meet paid:pay ran:run risen rose:rise said:say sang sung:sing sank sunk:sink saw
seen:see sent:send shaken shook:shake shown:show shot:shoot slept:sleep sold:sell sought:seek
spent:spend spoke spoken:speak sprang sprung:spring stood:stand struck:strike swam swum:swim
swept:sweep taken took:take taught:teach thought:think threw thrown:throw told:tell
understood:understand won:win wore worn:wear written wrote:write
"""


def are_opposite(one: str, other: str) -> bool:
    """Whether two stems are antonyms. Symmetric."""
    return _base(other) in _related()["!"].get(_base(one), "").split()


def are_synonyms(one: str, other: str) -> bool:
    """Whether two stems share a meaning that both are used in. Symmetric."""
    return _base(one) == _base(other) or _base(other) in synonyms(one)


def synonyms(stem: str) -> list[str]:
    """The stems that share a meaning with one."""
    return _related()["="].get(_base(stem), "").split()


def _base(stem: str) -> str:
    return _bases().get(stem, stem)


@functools.cache
def _bases() -> dict[str, str]:
    """The stem of a verb by those of its irregular forms."""
    bases: dict[str, str] = {}
    forms: list[str] = []
    for word in _FORMS.replace("\n", " ").split():
        form, colon, base = word.partition(":")
        forms.append(form)
        if colon:
            bases.update({(analyse(each, "en") or [each])[0]: base for each in forms})
            forms = []
    return bases


@functools.cache
def _related() -> dict[str, dict[str, str]]:
    """By sign, what is related to a stem, divided by blanks; read when first asked for.

    Source: WordNet 3.1, Princeton University, by `benchmarks/word_relations.py`.
    """
    tables: dict[str, dict[str, str]] = {"!": {}, "=": {}}
    for line in RELATIONS_FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            sign, stem, others = line.split("\t")
            tables[sign][stem] = others
    return tables
