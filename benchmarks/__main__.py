"""Runs every benchmark, or those named: `python -m benchmarks [NAME...]`.

One that is named alone takes its own options: `python -m benchmarks soak --minutes 10`.
"""

import sys

from benchmarks import (
    answer_cache,
    answerability,
    chat_relay,
    concurrent_streams,
    first_token,
    idle_websockets,
    ingestion,
    jobs_beside_chat,
    library,
    mastery,
    page,
    quality_gate,
    quiz_writing,
    read_models,
    retrieval_quality,
    retrieval_scale,
    semantic_cache,
    sign_ins,
    soak,
    start_and_memory,
    streamed_tokens,
    support_calibration,
    video,
)

BENCHMARKS = {
    "answer_cache": answer_cache.main,
    "semantic_cache": semantic_cache.main,
    "chat_relay": chat_relay.main,
    "concurrent_streams": concurrent_streams.main,
    "first_token": first_token.main,
    "sign_ins": sign_ins.main,
    "streamed_tokens": streamed_tokens.main,
    "start_and_memory": start_and_memory.main,
    "idle_websockets": idle_websockets.main,
    "ingestion": ingestion.main,
    "library": library.main,
    "mastery": mastery.main,
    "page": page.main,
    "read_models": read_models.main,
    "retrieval_quality": retrieval_quality.main,
    "retrieval_scale": retrieval_scale.main,
    "support_calibration": support_calibration.main,
    "answerability": answerability.main,
    "video": video.main,
    "quiz_writing": quiz_writing.main,
    "quality_gate": quality_gate.main,
    "jobs_beside_chat": jobs_beside_chat.main,
    "soak": soak.main,
}
WHEN_NAMED = frozenset({"soak"})
"""They take half an hour or more."""


def main(arguments: list[str]) -> int:
    """Runs them one after the other; exit status 1 when any promise is broken, 2 on usage."""
    if len(arguments) > 1 and arguments[0] in BENCHMARKS and arguments[1].startswith("-"):
        return BENCHMARKS[arguments[0]](arguments[1:])
    names = arguments or [name for name in BENCHMARKS if name not in WHEN_NAMED]
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
        return 2
    statuses = [BENCHMARKS[name]([]) for name in names]
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
