"""Walks Pandoc's syntax tree and adds its blocks to a document.

Source: the type Block of pandoc-types 1.23, in its JSON form.
"""

import itertools
from collections.abc import Sequence
from typing import Final

from ingestion.assembly import DocumentBuilder
from ingestion.document import BlockKind
from ingestion.readers.pandoc_inlines import Content, Node, footnotes, inline_text

_WHITE_SPACE: Final = frozenset({"Space", "SoftBreak", "LineBreak"})


class TreeWalker:
    """Adds the blocks of a syntax tree to a document, footnotes after the block they belong to."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder

    def walk(self, nodes: Sequence[Node]) -> None:
        """Add all blocks among the nodes."""
        for node in nodes:
            self._block(node)

    def _block(self, node: Node) -> None:
        content: Content = node.get("c")
        match node["t"]:
            case "Para" | "Plain":
                self._paragraph(content)
            case "Header":
                self._builder.heading(inline_text(content[2]), content[0])
                self._footnotes(content[2])
            case "BulletList" | "OrderedList":
                self._list(node, depth=0)
            case "CodeBlock":
                self._code(content)
            case "Table":
                self._table(content)
            case "Figure":
                self._figure(content)
            case _:
                self._container(node["t"], content)

    def _container(self, kind: str, content: Content) -> None:
        match kind:
            case "BlockQuote":
                self.walk(content)
            case "Div":
                self.walk(content[1])
            case "LineBlock":
                self._builder.paragraph("\n".join(inline_text(line) for line in content))
            case "DefinitionList":
                for term, definitions in content:
                    self._definition(term, definitions)
            case _:  # HorizontalRule, RawBlock, and Null of older versions hold no text
                return

    def _paragraph(self, inlines: Sequence[Node]) -> None:
        visible = [node for node in inlines if node["t"] not in _WHITE_SPACE]
        if visible and all(node["t"] == "Image" for node in visible):
            self._builder.add(BlockKind.CAPTION, inline_text(inlines))
            return
        if len(visible) == 1 and visible[0]["t"] == "Math":
            self._builder.formula(visible[0]["c"][1])
            return
        # A displayed formula is a block of its own, so that it is never cut.
        for is_formula, nodes in itertools.groupby(inlines, key=_is_display_math):
            if is_formula:
                for node in nodes:
                    self._builder.formula(node["c"][1])
            else:
                self._text(inline_text(list(nodes)))
        self._footnotes(inlines)

    def _text(self, text: str) -> None:
        # Word processors' files often make lists of paragraphs that begin with a bullet.
        if text.startswith("• "):
            self._builder.list_item(text.removeprefix("• "))
        else:
            self._builder.paragraph(text)

    def _footnotes(self, inlines: Sequence[Node]) -> None:
        for note in footnotes(inlines):
            self.walk(note)

    def _list(self, node: Node, depth: int) -> None:
        is_ordered = node["t"] == "OrderedList"
        items = node["c"][1] if is_ordered else node["c"]
        ordinal = node["c"][0][0] if is_ordered else 0
        for item in items:
            self._list_item(item, f"{ordinal}." if is_ordered else "-", depth)
            ordinal += 1
        if depth == 0:
            self._builder.end_list()

    def _list_item(self, nodes: Sequence[Node], marker: str, depth: int) -> None:
        for node in nodes:
            match node["t"]:
                case "Para" | "Plain" if not _holds_only_math(node["c"]):
                    self._builder.list_item(inline_text(node["c"]), marker=marker, depth=depth)
                    marker = ""
                case "BulletList" | "OrderedList":
                    self._list(node, depth + 1)
                case _:
                    self._block(node)

    def _definition(self, term: Sequence[Node], definitions: Sequence[Sequence[Node]]) -> None:
        name = inline_text(term)
        for definition in definitions:
            if definition and definition[0]["t"] in {"Para", "Plain"}:
                self._builder.paragraph(f"{name}: {inline_text(definition[0]['c'])}")
                self.walk(definition[1:])
            else:
                self._builder.paragraph(name)
                self.walk(definition)

    def _code(self, content: Content) -> None:
        (_, classes, _), code = content
        languages = [name for name in classes if name != "sourceCode"]
        self._builder.code(code, languages[0] if languages else "")

    def _table(self, content: Content) -> None:
        _, (_, caption), _, head, bodies, foot = content
        rows = [*head[1]]
        for body in bodies:
            rows += [*body[2], *body[3]]
        rows += foot[1]
        self._caption(caption)
        self._builder.table([[_cell_text(cell[4]) for cell in row[1]] for row in rows])

    def _figure(self, content: Content) -> None:
        _, (_, caption), blocks = content
        described = {inline_text(node["c"]) for node in caption if "c" in node}
        for node in blocks:
            # A picture's description often repeats the caption word for word.
            if node["t"] not in {"Plain", "Para"} or inline_text(node["c"]) not in described:
                self._block(node)
        self._caption(caption)

    def _caption(self, blocks: Sequence[Node]) -> None:
        for node in blocks:
            if node["t"] in {"Para", "Plain"}:
                self._builder.add(BlockKind.CAPTION, inline_text(node["c"]))
            else:
                self._block(node)


def _is_display_math(node: Node) -> bool:
    return bool(node["t"] == "Math" and node["c"][0]["t"] == "DisplayMath")


def _holds_only_math(inlines: Sequence[Node]) -> bool:
    return len(inlines) == 1 and _is_display_math(inlines[0])


def _cell_text(blocks: Sequence[Node]) -> str:
    cell = DocumentBuilder(key="", media_type="", fallback_title="")
    TreeWalker(cell).walk(blocks)
    return cell.text.replace("$$", "$")  # within a line, no formula is displayed
