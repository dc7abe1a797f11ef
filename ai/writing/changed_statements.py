"""Makes a right statement wrong by one change: a negation, a contrast or a number."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from content.languages import language_by_script

Change = Literal["negation", "contrast", "number", "term"]

_FORMULA: Final = re.compile(r"\$[^$]*\$")

_PAIRS: Final = (
    ("greater", "smaller"), ("larger", "smaller"), ("more", "less"), ("higher", "lower"),
    ("faster", "slower"), ("longer", "shorter"), ("increases", "decreases"), ("rises", "falls"),
    ("increase", "decrease"), ("stronger", "weaker"), ("heavier", "lighter"), ("grows", "shrinks"),
    ("greatest", "smallest"), ("maximum", "minimum"), ("always", "never"), ("positive", "negative"),
    ("above", "below"), ("gains", "loses"), ("quicker", "slower"),
    ("parallel", "perpendicular"), ("horizontal", "vertical"), ("kinetic", "potential"),
    ("elastic", "inelastic"), ("directly", "inversely"),
    ("static", "dynamic"), ("input", "output"), ("internal", "external"),
    ("अधिक", "कम"), ("बढ़ता", "घटता"), ("बढ़ती", "घटती"), ("बढ़ते", "घटते"), ("बढ़", "घट"),
    ("बड़ा", "छोटा"), ("लंबा", "छोटा"), ("अधिकतम", "न्यूनतम"), ("तेज़", "धीमा"), ("पहले", "बाद में"),
)  # fmt: skip
_OTHER: Final = dict(_PAIRS) | {
    other: one for one, other in reversed(_PAIRS) if other not in {o for o, _ in _PAIRS}
}
_AUXILIARY: Final = re.compile(
    r"\b(?P<verb>is|are|was|were|can|will|must|may|has to be|does|do)\b(?!\s+(?:not|no|never)\b)"
)
_DENIED: Final = re.compile(r"\b(?P<verb>is|are|was|were|can|will|must|may) not (?!only\b)")
_DOES_NOT: Final = re.compile(r"\bdoes not (?:always )?(?P<verb>[a-z]{3,})\b")
_DO_NOT: Final = re.compile(r"\bdo not (?P<verb>[a-z]{3,})\b")
_NO: Final = re.compile(r"\b(?P<verb>has|have|does|do) no\b")
# "Is not often called so", "there are not many ways": nobody takes that for what is taught.
_HEDGED: Final = re.compile(
    r"\s+(?:\w+\s+)?(?:often|usually|sometimes|generally|commonly|partly|mostly|many|several|some)\b"
)
_CLAUSE: Final = re.compile(r"[;:,]|\b(?:but|while|because|although|so that|if|when|which|who)\b")
_HINDI_END: Final = re.compile(r"\s(?P<verb>है|हैं)(?=\s*।\s*$)")
_HINDI_DENIED: Final = re.compile(
    r"\sनहीं\s+(?P<rest>(?:\S+\s){0,2}?)(?P<verb>करता|होता|करती|होती)\s*।"
)
_NUMBER: Final = re.compile(r"(?<![\w.,^/−-])(?P<number>\d{1,4}(?:\.\d+)?)(?![\w.,^/]*\d)")


@dataclass(frozen=True, slots=True)
class ChangedStatement:
    """A statement that says otherwise than its source, by one change."""

    text: str
    change: Change


def changed_statements(statement: str) -> list[ChangedStatement]:
    """The ways to make `statement` wrong that leave it a good sentence, most telling first."""
    if language_by_script(statement) == "hi":
        found = [_contrasted(statement), _hindi_affirmed(statement), _renumbered(statement)]
    else:
        found = [_contrasted(statement), _affirmed(statement), _renumbered(statement)]
    return [each for each in found if each is not None]


def denied_statement(statement: str) -> ChangedStatement | None:
    """The statement denied, which is wrong but easily seen through; None where it will not do."""
    is_hindi = language_by_script(statement) == "hi"
    return _hindi_denied(statement) if is_hindi else _negated(statement)


def _contrasted(statement: str) -> ChangedStatement | None:
    """Where one side of one contrast is named, the other one in its place."""
    words = re.findall(r"[^\W\d_]+(?:़[^\W\d_]*)?|\S", _FORMULA.sub(" ", statement))
    present = [word for word in words if word in _OTHER]
    if len(present) != 1 or _OTHER[present[0]] in words:
        return None
    one = present[0]
    changed = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", _OTHER[one], statement, count=1)
    return None if changed == statement else ChangedStatement(changed, "contrast")


def _affirmed(statement: str) -> ChangedStatement | None:
    """What is denied once, affirmed."""
    if len(re.findall(r"\b(?:not|no|never|nor|neither|cannot)\b", statement)) != 1:
        return None
    if (found := _DENIED.search(statement)) is not None:
        text = statement[: found.start()] + found["verb"] + " " + statement[found.end() :]
    elif (found := _DOES_NOT.search(statement)) is not None:
        text = statement[: found.start()] + _third(found["verb"]) + statement[found.end() :]
    elif (found := _DO_NOT.search(statement)) is not None:
        text = statement[: found.start()] + found["verb"] + statement[found.end() :]
    elif (found := _NO.search(statement)) is not None:
        article = "" if statement[found.end() :].lstrip().startswith("work") else " a"
        text = statement[: found.start()] + found["verb"] + article + statement[found.end() :]
    else:
        return None
    return ChangedStatement(text, "negation")


def _negated(statement: str) -> ChangedStatement | None:
    """What its main clause says, denied; only where there is one clause, or it comes first."""
    if re.search(r"\b(?:not|no|never|nor|neither|cannot|only|nothing|none)\b", statement):
        return None
    found = _AUXILIARY.search(statement)
    if found is None or found["verb"] in ("does", "do", "may"):
        return None
    if _HEDGED.match(statement[found.end() :]) or statement.startswith("There "):
        return None
    before = statement[: found.start()]
    if _CLAUSE.search(before) or "$" in before or re.search(r"\bthat\b", before):
        return None
    denied = "cannot" if found["verb"] == "can" else f"{found['verb']} not"
    text = f"{before}{denied}{statement[found.end() :]}"
    return ChangedStatement(text, "negation")


def _hindi_affirmed(statement: str) -> ChangedStatement | None:
    found = _HINDI_DENIED.search(statement)
    if found is None or statement.count("नहीं") != 1:
        return None
    text = f"{statement[: found.start()]} {found['rest']}{found['verb']} है।"
    return ChangedStatement(text, "negation")


def _hindi_denied(statement: str) -> ChangedStatement | None:
    found = _HINDI_END.search(statement)
    if found is None or "नहीं" in statement or "न " in statement:
        return None
    text = f"{statement[: found.start()]} नहीं {statement[found.start() + 1 :]}"
    return ChangedStatement(text, "negation")


def _renumbered(statement: str) -> ChangedStatement | None:
    """A number doubled where it is the only one."""
    masked = _FORMULA.sub(lambda found: "x" * len(found[0]), statement)
    found = list(_NUMBER.finditer(masked))
    if len(found) != 1 or len(re.findall(r"\d+", masked)) > 2:
        return None
    number = found[0]["number"]
    other = _another(number)
    if other is None:
        return None
    start, end = found[0].span("number")
    return ChangedStatement(statement[:start] + other + statement[end:], "number")


def _another(number: str) -> str | None:
    """A number of the same form that is clearly another; none for years."""
    if "." not in number and 1000 <= int(number) <= 2100:
        return None
    decimals = len(number.partition(".")[2])
    value = float(number)
    return None if not value else f"{value * 2:.{decimals}f}"


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"
