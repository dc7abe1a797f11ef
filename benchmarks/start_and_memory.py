"""P10: memory of the API process, and time from start to healthy."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from benchmarks.installation import Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import neuroshiksha, resident_mib, service, started_by, upstream
from benchmarks.report import write_report
from benchmarks.streaming_client import ask_together

MEMORY_LIMIT_MB = 250.0
START_LIMIT_SECONDS = 8.0
MIB_IN_MB = 2**20 / 1e6


def api_memory(here: Installation, asked: Material) -> dict[str, float]:
    """Start and resident memory of the API, fresh and after 200 answers, 8 at a time."""
    here.ingest(asked)
    with service(here.environment) as started:
        fresh = resident_mib(started.tree)
        target = here.target(started)
        questions = [asked.questions[i % len(asked.questions)] for i in range(200)]
        asyncio.run(ask_together(target, questions, concurrency=8))
        return {
            "api_start_seconds": round(started.seconds, 2),
            "api_fresh_mb": round(fresh * MIB_IN_MB, 1),
            "api_after_200_answers_mb": round(resident_mib(started.tree) * MIB_IN_MB, 1),
        }


def second_start_seconds(here: Installation) -> float:
    """Seconds from `up` to healthy, when everything was there before."""
    environment = {"NEUROSHIKSHA_HOME": str(here.home / "second")}
    for _ in range(2):
        with started_by(neuroshiksha("up"), environment, "/health/ready") as started:
            seconds = started.seconds
    return round(seconds, 2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--built-in", action="store_true", help="Answer without a chat model, and load no client."
    )
    is_built_in = parser.parse_args(arguments).built_in
    with material() as asked, upstream() as upstream_url, installation(upstream_url) as here:
        if is_built_in:
            here.environment.update(OPENAI_API_KEY="", OPENAI_BASE_URL="")
        memory = api_memory(here, asked)
        start = second_start_seconds(here)
    largest = memory["api_after_200_answers_mb"]
    is_kept = write_report(
        "start_and_memory_built_in" if is_built_in else "start_and_memory",
        {**memory, "second_up_to_healthy_seconds": start},
        {
            f"P10: API process at most {MEMORY_LIMIT_MB:g} MB": largest <= MEMORY_LIMIT_MB,
            f"P10: `up` to healthy at most {START_LIMIT_SECONDS:g} s": start <= START_LIMIT_SECONDS,
        },
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
