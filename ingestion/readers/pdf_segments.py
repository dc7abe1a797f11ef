"""Runs of characters on PDF pages, and the fractions, roots and exponents made of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingestion.readers.pdf_glyphs import Glyph, Rule, Type

# Lengths as shares of the size of the type.
_WORD_GAP: Final = 0.13
CELL_GAP: Final = 0.75
_SAME_BASELINE: Final = 0.03
_FRACTION_REACH: Final = 1.5
_FRACTION_MARGIN: Final = 0.7
_ASCENT: Final = 0.75
_DESCENT: Final = 0.25
# The bar of a fraction stands on the axis of formulas, a quarter of an em above the baseline.
_AXIS: Final = 0.25
_SCRIPT_SIZE: Final = 0.85
_MIN_RAISE: Final = 0.12
_MIN_DROP: Final = 0.05
_MAX_SCRIPT_GAP: Final = 1.5
_MAX_PART_CHARACTERS: Final = 40
# Beside the bar of a fraction there is little white; a rule of a table has cells far apart.
_MIN_INK: Final = 0.6
_MAX_BAR: Final = 200.0
_OVERHANG: Final = 1.5  # points
_RAISED: Final = str.maketrans("0123456789+-−=n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼ⁿ")
_LOWERED: Final = str.maketrans("0123456789+-−=", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌")
_ORDINAL: Final = re.compile(r"st|nd|rd|th|[*†‡]")
_PLAIN_DENOMINATOR: Final = re.compile(r"\S|\d[\d.,]*|[A-Za-z]+")
_OPERATOR: Final = re.compile(r"[\s+=/·×−-]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters on one baseline, or a formula that was put together.

    Attributes:
        text: Its characters; ends in U+FFFE where a word goes on in the next line.
        order: Place in the page's content.
        size: Size of its type in points.
        left: Left edge, in points.
        right: Right edge.
        baseline: Height of its baseline.
        is_monospaced: Whether it is set in a typewriter font.
        is_bold: Whether it is set in bold.
        is_formula: Whether it was put together of parts above and below each other.
    """

    text: str
    order: int
    size: float
    left: float
    right: float
    baseline: float
    is_monospaced: bool = False
    is_bold: bool = False
    is_formula: bool = False

    @property
    def top(self) -> float:
        """Upper edge of its letters."""
        return self.baseline + _ASCENT * self.size

    @property
    def bottom(self) -> float:
        """Lower edge of its letters."""
        return self.baseline - _DESCENT * self.size


def segments_of(glyphs: Iterable[Glyph], rules: Sequence[Rule] = ()) -> list[Segment]:
    """Runs of characters without a change of baseline or a gap as wide as that of a table.

    A run also ends where a short rule above or below it does, which may be a root's.
    """
    bars = [rule for rule in rules if rule.right - rule.left < _MAX_BAR]
    segments: list[Segment] = []
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and (_begins_run(run[-1], glyph) or _leaves_bar(run[-1], glyph, bars)):
            _close(run, segments)
            run = []
        if glyph.type is not None or (run and glyph.text not in "\r\n"):
            run.append(glyph)
    _close(run, segments)
    return segments


def _begins_run(last: Glyph, glyph: Glyph) -> bool:
    if glyph.text in "\r\n" or last.text == "\ufffe":
        return True
    if glyph.type is None or last.type is None or glyph.text.isspace() or last.text.isspace():
        return False
    one, other = last.type, glyph.type
    if not (one.is_upright and other.is_upright):
        return one.is_upright != other.is_upright
    size = max(one.size, other.size)
    if abs(one.baseline - other.baseline) > _SAME_BASELINE * size:
        return True
    if one.size != other.size and min(one.size, other.size) < _SCRIPT_SIZE * size:
        return True
    gap = max(glyph.left - last.right, last.left - glyph.right)
    return gap > CELL_GAP * size


def _leaves_bar(last: Glyph, glyph: Glyph, bars: Sequence[Rule]) -> bool:
    if last.type is None or not bars:
        return False
    reach = _FRACTION_REACH * last.type.size
    return any(
        last.right <= bar.right + _OVERHANG < glyph.right
        and bar.left < last.right
        and 0 < bar.y - last.type.baseline < reach
        for bar in bars
    )


def _close(run: list[Glyph], segments: list[Segment]) -> None:
    """Add a run as segments, cut where spaces hide a change of baseline or a wide gap."""
    parts: list[list[Glyph]] = []
    spaces: list[Glyph] = []
    for glyph in run:
        if glyph.type is None or glyph.text.isspace():
            spaces.append(glyph)
            continue
        if parts and not (spaces and _begins_run(parts[-1][-1], glyph)):
            parts[-1] += [*spaces[:1], glyph]
        else:
            parts.append([glyph])
        spaces = []
    for part in parts:
        segments.append(_segment(part, len(segments)))


def _segment(part: Sequence[Glyph], order: int) -> Segment:
    placed = [(glyph, glyph.type) for glyph in part if glyph.type is not None]
    types: list[Type] = [kind for _, kind in placed]
    middle = types[len(types) // 2]
    return Segment(
        text="".join(" " if glyph.text.isspace() else glyph.text for glyph in part),
        order=order,
        size=middle.size,
        left=min(glyph.left for glyph, _ in placed),
        right=max(glyph.right for glyph, _ in placed),
        baseline=middle.baseline,
        is_monospaced=all(kind.is_monospaced for kind in types),
        is_bold=all(kind.is_bold for kind in types),
    )


def with_fractions(segments: Sequence[Segment], rules: Sequence[Rule]) -> list[Segment]:
    """The segments, those above and below the bar of a fraction made one: `(a + b)/c`."""
    current = list(segments)
    for rule in sorted(rules, key=lambda rule: rule.right - rule.left):
        if rule.right - rule.left > _MAX_BAR:
            break
        near = [segment for segment in current if _is_under_or_over(segment, rule)]
        above = [segment for segment in near if segment.baseline > rule.y]
        below = [segment for segment in near if segment.baseline <= rule.y]
        if not below or not _is_short(above) or not _is_short(below):
            continue
        if above and _is_centred(above, rule) and _is_centred(below, rule):
            joined = _fraction(above, below, rule)
        elif not above and (root := _root_of(current, rule)) is not None:
            joined = _under_root(root, below)
            near.append(root)
        else:
            continue
        current = [segment for segment in current if segment not in near] + [joined]
    return current


def _is_under_or_over(segment: Segment, rule: Rule) -> bool:
    middle = segment.baseline + _AXIS * segment.size
    is_within = rule.left - _OVERHANG <= segment.left and segment.right <= rule.right + _OVERHANG
    return is_within and abs(middle - rule.y) < _FRACTION_REACH * segment.size


def _is_short(parts: Sequence[Segment]) -> bool:
    return sum(len(part.text) for part in parts) <= _MAX_PART_CHARACTERS


def _is_centred(parts: Sequence[Segment], rule: Rule) -> bool:
    left, right = min(p.left for p in parts), max(p.right for p in parts)
    size = max(part.size for part in parts)
    offset = abs((left + right) - (rule.left + rule.right)) / 2
    is_contiguous = sum(p.right - p.left for p in parts) > _MIN_INK * (right - left)
    return offset < _FRACTION_MARGIN * size and is_contiguous


def _fraction(above: Sequence[Segment], below: Sequence[Segment], rule: Rule) -> Segment:
    numerator, denominator = joined_text(above), joined_text(below)
    if _OPERATOR.search(numerator):
        numerator = f"({numerator})"
    if not _PLAIN_DENOMINATOR.fullmatch(denominator):
        denominator = f"({denominator})"
    parts = [*above, *below]
    size = max(part.size for part in parts)
    return Segment(
        text=f"{numerator}/{denominator}",
        order=min(part.order for part in parts),
        size=size,
        left=min(rule.left, *(part.left for part in parts)),
        right=max(rule.right, *(part.right for part in parts)),
        baseline=rule.y - _AXIS * size,
        is_formula=True,
    )


def _root_of(segments: Sequence[Segment], rule: Rule) -> Segment | None:
    """The segment whose last character is the root sign that a rule belongs to."""
    for segment in segments:
        if (
            segment.text.rstrip().endswith("√")
            and abs(segment.right - rule.left) < segment.size / 2
        ):
            return segment
    return None


def _under_root(root: Segment, parts: Sequence[Segment]) -> Segment:
    text = joined_text(parts)
    largest = max(parts, key=lambda part: part.size)
    return replace(
        largest,
        text=root.text.rstrip() + (text if len(text) == 1 else f"({text})"),
        order=min(root.order, *(part.order for part in parts)),
        left=min(root.left, *(part.left for part in parts)),
        right=max(part.right for part in parts),
        is_formula=True,
    )


def joined_text(segments: Sequence[Segment]) -> str:
    """Text of segments of one row, with exponents, indices, and spaces where the page has gaps."""
    is_leftward = sum(map(_is_right_to_left, segments)) * 2 > len(segments)
    ordered = sorted(segments, key=lambda s: (-s.right if is_leftward else s.left, s.order))
    # A mark such as that of a footnote may come before what it is smaller than.
    base = ordered[1] if len(ordered) > 1 else None
    last: Segment | None = None
    text, script, mark = "", "", ""
    for segment in ordered:
        new_mark = "" if base is None else _script_mark(base, segment)
        gap = 0.0 if last is None else max(segment.left - last.right, last.left - segment.right)
        space = " " if last is not None and _is_apart(last, segment, gap) else ""
        if mark and new_mark != mark:
            text, script = text.rstrip() + _marked(script, mark), ""
        if new_mark:
            script += f"{space if script else ''}{segment.text}"
        else:
            text += space + segment.text
            base = segment
        mark, last = new_mark, segment
    return (text.rstrip() + _marked(script, mark) if mark else text).strip()


def _is_apart(last: Segment, segment: Segment, gap: float) -> bool:
    """Whether a space belongs between two segments: `1/2 kx`, not `1/2kx`."""
    if last.is_formula and last.text[-1:].isalnum() and segment.text[:1].isalnum():
        return True
    return gap > _WORD_GAP * min(last.size, segment.size)


def _script_mark(base: Segment, segment: Segment) -> str:
    """`^` of an exponent, `_` of an index of what stands before it; '' if it is neither."""
    if segment.is_formula or segment.size > _SCRIPT_SIZE * base.size:
        return ""
    if segment.left - base.right > _MAX_SCRIPT_GAP * base.size:
        return ""
    shift = (segment.baseline - base.baseline) / base.size
    if shift > _MIN_RAISE:
        return "^"
    return "_" if shift < -_MIN_DROP else ""


def _marked(script: str, mark: str) -> str:
    script = script.strip()
    table = _RAISED if mark == "^" else _LOWERED
    if mark == "^" and _ORDINAL.fullmatch(script):
        return script
    if script and all(ord(character) in table for character in script):
        return script.translate(table)
    return f"{mark}{script}" if len(script) == 1 else f"{mark}{{{script}}}"


def _is_right_to_left(segment: Segment) -> bool:
    # Hebrew, Arabic and their presentation forms.
    return any("\u0590" <= c <= "\u08ff" or "\ufb1d" <= c <= "\ufefc" for c in segment.text)
