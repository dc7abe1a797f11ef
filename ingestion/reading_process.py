"""The process that reads documents for another one: `python -m ingestion.reading_process`.

Each line of standard input asks for a file, as `{"path", "key"}`. The answer is lines of JSON on
standard output: `{"document"}` for each document, then `{"done"}`, or `{"error"}` in place of what
could not be read. The process ends with its standard input, when its memory is used up, or when
one request takes more processor time than allowed.
"""

import math
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from ingestion.errors import MEMORY_EXHAUSTED, IngestionError
from ingestion.reading import read_documents


def main(memory_bytes: int, processor_seconds: int) -> int:
    """Answer requests until there are no more.

    Args:
        memory_bytes: Address space this process may have.
        processor_seconds: Processor time that one request may take.

    Returns:
        The exit status.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # Whatever a library prints must not come between the answers.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        for line in sys.stdin.buffer:
            request = orjson.loads(line)
            _limit_processor_time(processor_seconds)
            try:
                for answer in _answers(Path(request["path"]), request["key"]):
                    answers.write(orjson.dumps(answer) + b"\n")
                    answers.flush()
            except MemoryError:
                return MEMORY_EXHAUSTED
    return 0


def _answers(path: Path, key: str) -> Iterator[dict[str, Any]]:
    try:
        for document in read_documents(path, key=key):
            yield {"document": document}
    except IngestionError as error:
        yield {"error": {"code": error.code, "key": error.key, "reason": error.reason}}
    else:
        yield {"done": True}


def _limit_processor_time(seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = math.ceil(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
