"""Markdown, parsed in process: the format that courses have most files of."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from ingestion.assembly import DocumentBuilder
from ingestion.document import BlockKind, ParsedDocument
from ingestion.normalisation import normalise
from ingestion.readers.html_cleaning import text_of_fragment
from ingestion.readers.markdown_components import replace_components
from ingestion.readers.source import Source

_FRONT_MATTER_FIELD: Final = re.compile(r"^(title|lang|language):\s*(.+?)\s*$", re.MULTILINE)
# Pandoc's "#. Item": a numbered item that leaves the counting to the program.
_UNNUMBERED_ITEM: Final = re.compile(r"^([ \t]*)#\. ", re.MULTILINE)
# The parser leaves out without a word what is nested deeper. Python's own limit comes first, and
# speaks up.
_MAX_NESTING: Final = 10_000
_CALL_OUT: Final = re.compile(r"\A\[!\w+\]\s*")
# Pandoc's attributes, as in `# Heading {#id .class}` or `![Alt](file){width=50%}`.
_ATTRIBUTES: Final = re.compile(r"\s*\{(?:[#.][\w:.-]+|[\w-]+=[^\s}]+)(?:\s[^{}\n]*)?\}\s*\Z")


def read_markdown(source: Source) -> Iterator[ParsedDocument]:
    """Yield a Markdown file; front matter gives title and language and is left out."""
    builder = source.builder()
    walker = MarkdownWalker(builder)
    walker.walk(source.text())
    yield builder.build(
        title=walker.front_matter.get("title"),
        language=walker.front_matter.get("lang") or walker.front_matter.get("language"),
    )


class MarkdownWalker:
    """Adds the blocks of Markdown text to a document.

    Attributes:
        front_matter: Fields `title`, `lang` and `language` of the YAML block at the top, if any.
    """

    def __init__(self, builder: DocumentBuilder) -> None:
        self.front_matter: dict[str, str] = {}
        self._builder = builder
        self._parser = (
            MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
            .enable(["table", "strikethrough"])
            .use(front_matter_plugin)
            .use(footnote_plugin)
            .use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
        )

    def walk(self, markdown: str) -> None:
        """Add all blocks of a Markdown text."""
        tokens = self._parser.parse(_with_numbers(replace_components(normalise(markdown))))
        self._blocks(SyntaxTreeNode(tokens).children)
        self._builder.end_list()

    def _blocks(self, nodes: Sequence[SyntaxTreeNode]) -> None:
        for node in nodes:
            self._block(node)

    def _block(self, node: SyntaxTreeNode) -> None:
        match node.type:
            case "heading":
                self._builder.heading(_inline_text(node), int(node.tag[1:]))
            case "paragraph":
                self._paragraph(node)
            case "bullet_list" | "ordered_list":
                self._list(node, depth=0)
            case "fence" | "code_block":
                self._builder.code(node.content, _language(node.info))
            case "math_block" | "math_block_label":
                self._builder.formula(node.content)
            case "table":
                self._table(node)
            case "html_block":
                self._builder.paragraph(text_of_fragment(node.content))
            case "front_matter":
                self._read_front_matter(node.content)
            case _:
                self._blocks(node.children)

    def _paragraph(self, node: SyntaxTreeNode) -> None:
        kind = BlockKind.CAPTION if _is_image(node) else BlockKind.PARAGRAPH
        self._builder.add(kind, _CALL_OUT.sub("", _inline_text(node)))

    def _list(self, node: SyntaxTreeNode, depth: int) -> None:
        ordinal = int(node.attrs.get("start", 1))
        for item in node.children:
            marker = f"{ordinal}." if node.type == "ordered_list" else "-"
            self._list_item(item, marker, depth)
            ordinal += 1
        if depth == 0:
            self._builder.end_list()

    def _list_item(self, item: SyntaxTreeNode, marker: str, depth: int) -> None:
        for child in item.children:
            if child.type == "paragraph":
                self._builder.list_item(_inline_text(child), marker=marker, depth=depth)
                marker = ""
            elif child.type in {"bullet_list", "ordered_list"}:
                self._list(child, depth + 1)
            else:
                self._block(child)

    def _table(self, node: SyntaxTreeNode) -> None:
        rows = [
            [_inline_text(cell) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        self._builder.table(rows)

    def _read_front_matter(self, yaml: str) -> None:
        fields = _FRONT_MATTER_FIELD.findall(yaml)
        self.front_matter = {name: value.strip("\"'") for name, value in fields}


def _with_numbers(markdown: str) -> str:
    return _UNNUMBERED_ITEM.sub(r"\g<1>1. ", markdown)


def _inline_text(node: SyntaxTreeNode) -> str:
    text = "".join(_token_text(token) for token in _inline_tokens(node))
    return _ATTRIBUTES.sub("", re.sub(r"[ \t]+", " ", text)).strip()


def _inline_tokens(node: SyntaxTreeNode) -> Iterator[Token]:
    for child in node.children:
        if child.type == "inline" and child.token is not None:
            yield from child.token.children or ()


def _token_text(token: Token) -> str:
    match token.type:
        case "text" | "text_special":
            return token.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "code_inline":
            return f"`{token.content}`"
        case "math_inline":
            return f"${token.content}$"
        case "math_inline_double":
            return f"$${token.content.strip()}$$"
        case "image":
            return _alternative_text(token)
        case _:
            return ""


def _alternative_text(image: Token) -> str:
    text = "".join(_token_text(child) for child in image.children or ())
    # Editors fill in the file's name where the author gave no description.
    is_file_name = PurePath(text).suffix.lower() in {".png", ".jpg", ".jpeg", ".gif", ".svg"}
    return "" if is_file_name else text


def _is_image(node: SyntaxTreeNode) -> bool:
    tokens = [token for token in _inline_tokens(node) if token.type != "softbreak"]
    return bool(tokens) and tokens[0].type == "image"


def _language(info: str) -> str:
    words = info.strip().strip("{}").replace("=", " ").split()
    return words[0].lstrip(".") if words else ""
