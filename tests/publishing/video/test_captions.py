"""Captions from timing."""

from itertools import pairwise

import pytest

from publishing.video.captions import captions, subrip, transcript, webvtt
from publishing.video.timing import Cue, PlacedScene, VideoTiming

LONG = (
    "A force that acts along the path does work, one that acts across it does none, and whatever "
    "lies between them counts only with its part along the path, as the cosine says."
)


def timing(*texts: str) -> VideoTiming:
    cues = tuple(
        Cue(start_seconds=number * 10, end_seconds=number * 10 + 8, text=text, spoken="x", part=0)
        for number, text in enumerate(texts)
    )
    scene = PlacedScene(
        id="one", heading="One", start_seconds=0, end_seconds=3700, cues=cues, reveals=()
    )
    return VideoTiming(
        title="T", language="en", duration_seconds=3700, frames_per_second=12.5, scenes=(scene,)
    )


def test_a_long_sentence_is_divided_into_two_lines_at_a_time() -> None:
    made = captions(timing(LONG))

    assert len(made) > 1
    assert all(len(caption.lines) <= 2 for caption in made)
    assert max(len(line) for caption in made for line in caption.lines) <= 50
    assert " ".join(line for caption in made for line in caption.lines) == LONG


def test_the_time_of_a_sentence_is_shared_and_no_captions_overlap() -> None:
    made = captions(timing(LONG, LONG))

    assert made[0].start_seconds == 0
    assert made[-1].end_seconds == pytest.approx(18)
    for caption, following in pairwise(made):
        assert caption.end_seconds <= following.start_seconds + 1e-9


def test_what_goes_on_with_a_sentence_makes_its_caption_last_longer() -> None:
    [first, second] = captions(timing("Short.", "", "Next."))

    assert (first.start_seconds, first.end_seconds) == (0, 18)
    assert second.start_seconds == 20


def test_signs_of_the_formats_are_escaped() -> None:
    made = timing("a --> b & <i>c</i>")

    assert "a --&gt; b &amp; &lt;i&gt;c&lt;/i&gt;" in webvtt(made)
    assert subrip(made).count("-->") == 1


def test_times_are_written_as_each_format_wants_them() -> None:
    made = timing(*[""] * 366, "Late.")

    assert "01:01:00.000 --> 01:01:08.000" in webvtt(made)
    assert "01:01:00,000 --> 01:01:08,000" in subrip(made)


def test_the_transcript_has_a_heading_and_a_time_for_each_scene() -> None:
    assert transcript(timing("Hello *there*.", "More.")) == (
        "# T\n\n## 00:00 One\n\nHello \\*there\\*. More.\n"
    )
