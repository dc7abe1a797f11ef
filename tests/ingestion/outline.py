"""What a test says about a document: kind and text of each block."""

from ingestion.document import ParsedDocument


def outline(document: ParsedDocument) -> list[tuple[str, str]]:
    return [
        (block.kind.value, document.text[block.char_start : block.char_end])
        for block in document.blocks
    ]
