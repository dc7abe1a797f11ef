"""A video with the built-in voice as people have it: loud enough, and played by a browser."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.espeak import EspeakSpeech
from content.slides import Slide, Storyboard
from publishing.video.rendering import RenderedVideo, render
from publishing.video.timing import VideoTiming
from tests.support import mp4

SLOW_MACHINE_MS = 60_000
ADDRESS = "http://video.test/"
PAGE = """<!doctype html><html lang="en"><title>Video</title>
<video src="video.mp4" muted width="640" height="360">
<track kind="captions" srclang="en" src="captions.vtt" default></video>"""
SHOWS_POWER = """() => {
  const video = document.querySelector("video")
  const shown = [...video.textTracks[0].activeCues].map((cue) => cue.text)
  return !video.seeking && video.readyState >= 2 && shown.some((text) => text.includes("Power"))
}"""
TYPES = {".mp4": "video/mp4", ".vtt": "text/vtt"}


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> RenderedVideo:
    folder = tmp_path_factory.mktemp("playing")
    slides = tuple(
        Slide(id=word.lower(), heading=word, narration=(f"{word} is what this part is about.",))
        for word in ("Work", "Power")
    )
    board = Storyboard(title="Played", slides=slides)
    return asyncio.run(
        render(board, folder / "out", folder / "cache", EspeakSpeech(), lambda *_: None)
    )


def fulfill_part(route: Any, path: Path) -> None:
    """Answers with the part of a file that is asked for, without which no browser seeks."""
    content = path.read_bytes()
    asked = re.match(r"bytes=(\d+)-(\d*)", route.request.headers.get("range", ""))
    first = int(asked[1]) if asked else 0
    last = int(asked[2]) if asked and asked[2] else len(content) - 1
    headers = {
        "Content-Type": TYPES[path.suffix],
        "Accept-Ranges": "bytes",
        **({"Content-Range": f"bytes {first}-{last}/{len(content)}"} if asked else {}),
    }
    status = 206 if asked else 200
    route.fulfill(status=status, headers=headers, body=content[first : last + 1])


@pytest.fixture
def page(video: RenderedVideo) -> Iterator[Any]:
    """A page with the video in it, nothing of which comes from a network."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no `chromium` on this machine; on Debian: apt-get install chromium")

    def answer(route: Any) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        path = Path(video.video.parent, name)
        if name and path.is_file():
            fulfill_part(route, path)
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_default_timeout(SLOW_MACHINE_MS)
        page.route("**/*", answer)
        page.goto(ADDRESS)
        page.wait_for_function("document.querySelector('video').readyState >= 2")
        yield page
        browser.close()


def test_the_built_in_voice_is_as_loud_as_any(video: RenderedVideo) -> None:
    measured = mp4.loudness(video.video)

    assert measured.integrated == pytest.approx(-16, abs=1)
    assert measured.true_peak <= -1


@pytest.mark.browser
def test_a_browser_plays_seeks_and_shows_captions(page: Any, video: RenderedVideo) -> None:
    player = page.locator("video")
    last = VideoTiming.model_validate_json(video.timing.read_bytes()).scenes[-1].cues[-1]

    size = player.evaluate("video => [video.videoWidth, video.videoHeight, video.duration]")
    player.evaluate("video => video.play()")
    page.wait_for_function("document.querySelector('video').currentTime > 0.3")
    player.evaluate(
        "(video, seconds) => { video.pause(); video.currentTime = seconds }",
        (last.start_seconds + last.end_seconds) / 2,
    )
    page.wait_for_function(SHOWS_POWER)

    assert size[:2] == [1920, 1080]
    assert size[2] == pytest.approx(video.duration_seconds, abs=0.1)
    assert player.evaluate("video => video.error") is None
