"""Typesets the frames of `frames.json` in the working folder; `frames-made.json` tells of them.

A process of its own, at low priority with all that it starts, and ended with it when a video is
cancelled.
"""

import json
from pathlib import Path

from content.slides import SlideDeck
from publishing.errors import PublishingError
from publishing.slides.pages import deck_pictures
from publishing.slides.typst_source import Frame


def main() -> None:
    """Reads the request, writes the answer; a slide that does not typeset is an answer too."""
    request = json.loads(Path("frames.json").read_text(encoding="utf-8"))
    deck = SlideDeck.model_validate(request["deck"])
    frames = [Frame(deck.slides[0].id, points) for points in request["points_shown"]]
    try:
        pages = deck_pictures(deck, Path.cwd(), frames)
    except PublishingError as error:
        answer = {"pictures": [], "warnings": [], "problem": str(error)}
    else:
        answer = {
            "pictures": [str(path) for path in pages.paths],
            "warnings": list(pages.warnings),
            "problem": "",
        }
    Path("frames-made.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
