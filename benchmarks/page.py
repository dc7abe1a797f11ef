"""The page in Chromium: how soon it can be used, and whether it keeps up with 200 tokens/s."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.installation import COURSE, EMAIL, PASSWORD, Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import Started, service, upstream
from benchmarks.report import percentile, write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

TEXT = Path(__file__).with_name("data") / "answer.md"
TOKENS, TOKENS_PER_SECOND = 1_000, 200.0
READY_LIMIT_SECONDS = 1.0
BEHIND_LIMIT_SECONDS = 0.2
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
WATCH = """
() => {
  const seen = (window.seen = { frames: [], held: 0, longest: 0, ended: 0 });
  const frame = (at) => { seen.frames.push(at); requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      seen.held += task.duration;
      seen.longest = Math.max(seen.longest, task.duration);
    }
  }).observe({ type: "longtask" });
  const read = window.ReadableStreamDefaultReader.prototype.read;
  window.ReadableStreamDefaultReader.prototype.read = async function () {
    const piece = await read.call(this);
    seen.ended = performance.now();
    return piece;
  };
}
"""
"""Notes each frame, what holds the page up for 50 ms and longer, and when the last bytes came."""
IS_SHOWN = "() => document.querySelector('article.answer[aria-busy=false]') !== null"


def ready_seconds(browser: "Browser", address: str, loads: int) -> list[float]:
    """From the address typed to a question box that takes a question, with nothing cached."""
    seconds = []
    for _load in range(loads):
        context = browser.new_context(base_url=address)
        page = signed_in(context)
        page.goto(f"/courses/{COURSE}")
        page.locator("#question").wait_for()
        seconds.append(page.evaluate("() => performance.now()") / 1000)
        context.close()
    return seconds


def streaming(browser: "Browser", address: str, question: str) -> dict[str, float]:
    """What an answer at full speed does to the page."""
    context = browser.new_context(base_url=address)
    page = signed_in(context)
    page.goto(f"/courses/{COURSE}")
    page.locator("#question").fill(question)
    page.evaluate(WATCH)
    began = page.evaluate("() => performance.now()")
    page.keyboard.press("Enter")
    page.wait_for_function(IS_SHOWN, polling="raf", timeout=60_000)
    ended = page.evaluate("() => performance.now()")
    seen = page.evaluate("() => window.seen")
    context.close()
    frames = [at for at in seen["frames"] if began <= at <= ended]
    gaps = [after - before for before, after in pairwise(frames)]
    return {
        "answer_seconds": round((ended - began) / 1000, 2),
        "shown_after_the_last_bytes_ms": round(ended - seen["ended"], 1),
        "frame_p50_ms": round(percentile(gaps, 0.5), 1),
        "frame_p95_ms": round(percentile(gaps, 0.95), 1),
        "longest_task_ms": round(seen["longest"], 1),
        "held_up_share": round(seen["held"] / (ended - began), 3),
    }


def signed_in(context: "BrowserContext") -> "Page":
    """A page of a browser that is signed in."""
    answer = context.request.post("/api/v1/auth/login", data={"email": EMAIL, "password": PASSWORD})
    assert answer.ok, answer.text()
    return context.new_page()


def measure(started: Started, asked: Material, options: argparse.Namespace) -> bool:
    """Loads and asks; whether the promises are kept."""
    from playwright.sync_api import sync_playwright

    address = f"http://127.0.0.1:{started.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(CHROMIUM)
        )
        ready = ready_seconds(browser, address, options.times)
        answers = [
            streaming(browser, address, question) for question in asked.questions[: options.times]
        ]
        browser.close()
    middle = {name: round(median(one[name] for one in answers), 3) for name in answers[0]}
    behind = middle["shown_after_the_last_bytes_ms"] / 1000
    return write_report(
        "page",
        {
            "loads": options.times,
            "ready_seconds_p50": round(median(ready), 2),
            "tokens": TOKENS,
            "tokens_per_second": TOKENS_PER_SECOND,
            "medians": middle,
        },
        {
            f"ready within {READY_LIMIT_SECONDS:g} s": median(ready) <= READY_LIMIT_SECONDS,
            f"200 tokens/s are shown within {BEHIND_LIMIT_SECONDS:g} s of their arrival": behind
            <= BEHIND_LIMIT_SECONDS,
        },
    )


def run(here: Installation, asked: Material, options: argparse.Namespace) -> bool:
    """Measures the page that this installation serves."""
    here.ingest(asked)
    with service(here.environment) as started:
        here.target(started)
        return measure(started, asked, options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args(arguments)
    told = upstream(tokens=TOKENS, tokens_per_second=TOKENS_PER_SECOND, text=TEXT)
    with material() as asked, told as upstream_url, installation(upstream_url) as here:
        return 0 if run(here, asked, options) else 1


if __name__ == "__main__":
    sys.exit(main())
