"""Figures of the material belong to slides and sections by their captions."""

import io
from dataclasses import replace
from uuid import UUID

from PIL import Image

from ai.writing.brief import SourcePassage
from ai.writing.captions import (
    caption_text,
    captions_for,
    deck_with_figures,
    text_with_figures,
    with_figures_of,
)
from content.figures import Figure
from content.lessons import Section, StudyGuide
from content.slides import Slide, Storyboard

CAPTION = "Figure 4.2. A simple pendulum. The weight pulls\nthe bob back."
TEXT = f"The pendulum swings.\n\n{CAPTION}\n\nAs Figure 4.2 shows, the weight has two parts."


def passage(text: str = TEXT, place: str = "page 4", heading: str = "The pendulum"):
    return SourcePassage(
        document_id=UUID(int=1),
        document_version=1,
        document_title="Oscillations",
        chunk_id=7,
        text=text,
        char_start=50,
        heading=(heading,),
        place=place,
    )


def board(*points: str) -> Storyboard:
    span = passage().span(0, 20)
    slides = [
        Slide(
            id=f"slide-{n}",
            heading="The pendulum",
            points=(point,),
            narration=("The pendulum.", point),
            sources=(span,),
        )
        for n, point in enumerate(points)
    ]
    return Storyboard(title="Oscillations", slides=tuple(slides))


def picture() -> Figure:
    buffer = io.BytesIO()
    Image.new("1", (3, 2)).save(buffer, "PNG")
    return Figure.of(buffer.getvalue(), CAPTION[:40])


PLAIN = board("It swings.", "The weight pulls the bob back.")


def test_a_caption_belongs_to_the_slide_that_says_the_most_of_it():
    [(slide, caption)] = captions_for(PLAIN, [passage()]).items()

    assert slide == "slide-1"
    assert (caption.label, caption.page) == ("Figure 4.2", 4)
    assert caption.said == "A simple pendulum. The weight pulls the bob back."
    assert caption.span.quote == CAPTION
    assert TEXT[caption.span.char_start - 50 : caption.span.char_end - 50] == CAPTION


def test_a_figure_of_another_place_of_no_page_or_about_something_else_belongs_nowhere():
    other = "Figure 4.2. Sunsets over oceans."

    assert captions_for(PLAIN, [passage(place="slide 4")]) == {}
    assert captions_for(PLAIN, [passage(text=other)]) == {}
    elsewhere = SourcePassage(UUID(int=2), 1, "Other", 8, TEXT, 0, ("Sea",), "page 4")
    assert captions_for(PLAIN, [passage("Nothing."), elsewhere]) == {}


def test_the_scene_of_a_figure_says_its_caption_and_cites_it():
    [(slide, caption)] = captions_for(PLAIN, [passage()]).items()

    made = deck_with_figures(PLAIN, {slide: (caption, picture())})

    assert [each.id for each in made.slides] == ["slide-0", "slide-1", "figure-slide-1"]
    assert made.slides[2].narration == (caption.said,)
    assert made.slides[2].sources == (caption.span,)


def test_a_section_shows_the_figure_it_says_the_most_of_and_cites_its_caption():
    span = passage().span(0, 20)
    bodies = ("Something is measured.", "The weight pulls the bob of the pendulum back.")
    guide = StudyGuide(
        title="Oscillations",
        sections=tuple(
            Section(id=f"part-{n}", heading="Swinging", body=body, sources=(span,))
            for n, body in enumerate(bodies)
        ),
    )

    [(section, caption)] = captions_for(guide, [passage()]).items()
    made = text_with_figures(guide, {section: (caption, picture())})

    assert section == "part-1"
    assert [len(each.figures) for each in made.sections] == [0, 1]
    assert made.sections[1].sources == (span, caption.span)
    assert captions_for(made, [passage()]) == {}


def test_a_long_guide_shows_no_more_figures_than_a_request_may_carry():
    captions = [f"Figure {n}. The motion of body {n} is drawn." for n in range(1, 21)]
    passages = [replace(passage(text), chunk_id=n) for n, text in enumerate(captions, start=1)]
    guide = StudyGuide(
        title="Motion",
        sections=tuple(
            Section(id=f"part-{n}", heading="Motion", body="A body moves.", sources=(p.span(0, 8),))
            for n, p in enumerate(passages)
        ),
    )

    assert len(captions_for(guide, passages)) == 12


def test_a_section_written_anew_keeps_a_figure_with_its_source_unless_the_document_changed():
    source = passage()
    caption = source.span(TEXT.index(CAPTION), TEXT.index(CAPTION) + len(CAPTION))
    figure = picture().model_copy(update={"caption": caption_text(caption)})
    words = Section(id="part", heading="Swinging", body="It swings.")
    before = words.model_copy(update={"figures": (figure,), "sources": (caption,)})

    kept = with_figures_of(before, words, [source])
    dropped = with_figures_of(before, words, [replace(source, document_version=2)])

    assert (kept.figures, kept.sources) == ((figure,), (caption,))
    assert (dropped.figures, dropped.sources) == ((), ())
