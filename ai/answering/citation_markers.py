"""How an answer cites: `[1]`, `[1, 2]` or `[1-3]`."""

import re

_NUMBER = r"[1-9][0-9]?"
_LONGEST_RANGE = 20

MARKER = re.compile(rf"[ \t]*\[({_NUMBER}(?:[ ]?[,;–-][ ]?{_NUMBER}){{0,9}})\](?![({{])")
"""A marker with the blanks before it; group 1 lists the sources, at most ten of them.

One or two digits, none of them 0 alone: `[2019]` is a year and `[0, 1]` an interval. Not the
text of a link, `[1](address)`, nor an argument of a formula, `[3]{x}`.
"""

UNFINISHED_MARKER = re.compile(r"[ \t]*(?:\[(?:[1-9][0-9,;– -]{0,46}\]?)?)?\Z")
"""What may become a marker once more text has come: blanks, an open bracket, or a marker whose
next character decides. Every beginning of a marker matches."""


def cited_numbers(listing: str) -> tuple[int, ...]:
    """Gives the sources that the inside of a marker names, in order, each once.

    A range counts as its members: `1-3, 5` gives 1, 2, 3, 5; a range that runs backwards or
    over more than 20 sources counts as its ends.
    """
    numbers: dict[int, None] = {}
    for part in re.split(r"[,;]", listing):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        is_range = len(ends) == 2 and 0 < ends[1] - ends[0] <= _LONGEST_RANGE
        numbers.update(dict.fromkeys(range(ends[0], ends[1] + 1) if is_range else ends))
    return tuple(numbers)
