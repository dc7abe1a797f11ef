"""How a baseline that runs in a process of its own is asked and answers.

Arguments are the database's address and a file of `{"doc_id", "title", "text"}` lines; the answer
is one line of JSON on standard output.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time

Row = dict[str, str]


def run(prepare: Callable[[str], Callable[[Sequence[Row]], int]]) -> None:
    """Times what `prepare` makes for a database: rows in, the number of chunks stored out.

    What is loaded before, and a first row that warms up, is not counted.
    """
    database_url, file = sys.argv[1:]
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    ingest = prepare(database_url)
    ingest([{"doc_id": "warm-up", "title": "Warm-up", "text": "A text to warm up with."}])
    began, cpu_began = perf_counter(), process_time()
    chunks = ingest(rows)
    figures = {
        "chunks": chunks,
        "seconds": round(perf_counter() - began, 3),
        "cpu_seconds": round(process_time() - cpu_began, 3),
    }
    print(json.dumps(figures))
