"""Runs every benchmark, or those named: `python -m benchmarks [NAME...]`."""

import sys

from benchmarks import (
    answer_cache,
    chat_relay,
    first_token,
    idle_websockets,
    ingestion,
    library,
    retrieval_quality,
    retrieval_scale,
    semantic_cache,
    start_and_memory,
    streamed_tokens,
)

BENCHMARKS = {
    "answer_cache": answer_cache.main,
    "semantic_cache": semantic_cache.main,
    "chat_relay": chat_relay.main,
    "first_token": first_token.main,
    "streamed_tokens": streamed_tokens.main,
    "start_and_memory": start_and_memory.main,
    "idle_websockets": idle_websockets.main,
    "ingestion": ingestion.main,
    "library": library.main,
    "retrieval_quality": retrieval_quality.main,
    "retrieval_scale": retrieval_scale.main,
}


def main(names: list[str]) -> int:
    """Runs them one after the other; exit status 1 when any promise is broken, 2 on usage."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
        return 2
    statuses = [BENCHMARKS[name]([]) for name in names or BENCHMARKS]
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
