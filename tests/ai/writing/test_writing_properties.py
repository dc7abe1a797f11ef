"""What holds for whatever material the built-in writer is given."""

import asyncio
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai.writing.brief import Brief, SourcePassage
from ai.writing.changed_statements import changed_statements, denied_statement
from ai.writing.coverage import spans_of_content
from ai.writing.errors import NothingToWriteError
from ai.writing.grounded import GroundedWriter
from ai.writing.model_text import markdown
from content.questions import Cloze, Numeric, SingleChoice
from tests.ai.writing.examples import MACHINES, source
from tests.support.course_passages import demo_files

KINDS = ("lesson", "study_guide", "quiz", "deck", "slides", "storyboard")
SENTENCES = [
    sentence.strip()
    for file in demo_files("01", "02", "05")
    for sentence in re.split(r"(?<=[.?!।])\s", file.read_text(encoding="utf-8"))
    if 5 < len(sentence) < 300
]
sentences = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=25, unique=True)
patient = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def material(texts: list[str]) -> list[SourcePassage]:
    """Passages of five sentences each, under headings of their own."""
    groups = [texts[start : start + 5] for start in range(0, len(texts), 5)]
    return [source(" ".join(g), f"Part {n}", n * 10_000) for n, g in enumerate(groups)]


def written(kind: str, passages: list[SourcePassage]) -> object | None:
    try:
        return asyncio.run(getattr(GroundedWriter(), kind)(Brief(count=12), passages))
    except NothingToWriteError:
        return None


@patient
@given(kind=st.sampled_from(KINDS), texts=sentences)
def test_spans_are_verbatim_whatever_the_sentences(kind: str, texts: list[str]) -> None:
    passages = material(texts)

    content = written(kind, passages)

    by_chunk = {passage.chunk_id: passage for passage in passages}
    for span in spans_of_content(content):
        passage = by_chunk[span.chunk_id]
        start = span.char_start - passage.char_start
        assert passage.text[start : start + len(span.quote)] == span.quote


@patient
@given(texts=sentences)
def test_keys_stand_in_their_sources_and_no_distractor_is_a_key(texts: list[str]) -> None:
    quiz = written("quiz", material(texts))

    for question in getattr(quiz, "questions", ()):
        quoted = " ".join(" ".join(span.quote for span in question.sources).split()).casefold()
        if isinstance(question, Cloze):
            key, options = question.gaps[0].accepted[0], question.gaps[0].options
            assert key.casefold() in quoted
            assert options.count(key) == 1
            assert len({option.casefold() for option in options}) == len(options)
        elif isinstance(question, SingleChoice):
            texts_of_choices = [choice.text.casefold() for choice in question.choices]
            assert len(set(texts_of_choices)) == len(texts_of_choices)
        elif isinstance(question, Numeric):
            numbers = re.findall(r"\d+(?:[ ,]\d{3})*(?:\.\d+)?", quoted)
            assert question.value in [float(re.sub("[ ,]", "", number)) for number in numbers]


@patient
@given(kind=st.sampled_from(KINDS), text=st.text(max_size=600))
def test_any_text_at_all_is_written_from_or_refused(kind: str, text: str) -> None:
    passages = [source(text, "Anything", 0)]

    content = written(kind, passages)

    for span in spans_of_content(content):
        assert span.quote in text


@given(statement=st.sampled_from(SENTENCES))
def test_a_changed_statement_differs_and_keeps_its_form(statement: str) -> None:
    changes = [*changed_statements(statement), denied_statement(statement)]

    for changed in filter(None, changes):
        assert changed.text != statement
        assert changed.text[-1] == statement[-1]
        assert "  " not in changed.text or "  " in statement


@given(text=st.text(alphabet=st.sampled_from("ab <>/!-[1]$`\u202e\x00\n"), max_size=60))
def test_no_tag_marker_or_control_sign_is_left_in_prose(text: str) -> None:
    cleaned = markdown(text)

    # What stands in place of code and formulas must not make a tag of the signs around them.
    verbatim = r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$"
    prose = re.sub(verbatim, "<>", cleaned, flags=re.DOTALL)
    assert not re.search(r"[\x00\u202e]|</?[a-z][^<>]*>", prose)


def test_the_examples_are_enough_to_write_from() -> None:
    assert all(written(kind, list(MACHINES)) is not None for kind in KINDS)
