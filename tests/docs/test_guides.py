"""What the guides tell one to type is there: commands, options, routes, fields, models, codes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema
import pytest
import typer

from ai.embedding.errors import EmbeddingError
from ai.routing.models_file import read_models_file
from api.errors import CODE_OF_STATUS, status_of
from cli.main import COMMANDS, command_line
from services.errors import ServiceError
from storage.errors import StorageError
from tests.support.doc_examples import CHECKOUT, Block, Command, blocks_of, commands_of

GUIDES = sorted((CHECKOUT / "docs" / "guides").glob("*.md"))
BLOCKS = [block for page in (CHECKOUT / "README.md", *GUIDES) for block in blocks_of(page)]
SHELL = [command for block in BLOCKS if block.language == "sh" for command in commands_of(block)]
PROGRAM = re.compile(r"(?:^|/)neuroshiksha$")
OURS = re.compile(r"^(?:\$SERVER|\$API|http://127\.0\.0\.1:8000)(?=/)")
NOT_IN_THE_DOCUMENT = {"/metrics"}
"""Plain text for a machine; test_observability holds its page against the code."""
CURL_FLAGS = frozenset("sNGOJi")
CURL_VALUES = frozenset("XHdFo")


@dataclass(frozen=True, slots=True)
class Call:
    """A request as curl would send it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    given: tuple[str, ...]
    parts: tuple[str, ...]


def called(command: Command) -> Call:
    options: dict[str, list[str]] = {option: [] for option in CURL_VALUES}
    addresses: list[str] = []
    words = iter(command.words[1:])
    for word in words:
        if not word.startswith("-"):
            addresses.append(word)
            continue
        flags, last = word[1:-1], word[-1]
        assert set(flags) <= CURL_FLAGS, f"{command}: an option that this test does not know"
        if last in CURL_VALUES:
            options[last].append(next(words))
        else:
            assert last in CURL_FLAGS, f"{command}: an option that this test does not know"
    (address,) = addresses
    assert OURS.match(address), f"{command}: not an address of this service"
    url = urlsplit(OURS.sub("/api/v1" if address.startswith("$API") else "", address))
    has_body = bool(options["d"] or options["F"])
    headers = dict(header.lower().split(": ", 1) for header in options["H"])
    method = options["X"][0] if options["X"] else "POST" if has_body else "GET"
    given, parts = tuple(options["d"]), tuple(options["F"])
    return Call(method, url.path, dict(parse_qsl(url.query)), headers, given, parts)


@cache
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((CHECKOUT / "web" / "openapi.json").read_text())
    return read


def operation(call: Call) -> dict[str, Any] | None:
    """The operation that answers a call, the most literal path first."""
    segments = call.path.split("/")
    for template in sorted(document()["paths"], key=lambda path: path.count("{")):
        parts = template.split("/")
        fits = len(parts) == len(segments) and all(
            part == segment or (part.startswith("{") and segment)
            for part, segment in zip(parts, segments, strict=True)
        )
        if fits and call.method.lower() in document()["paths"][template]:
            found: dict[str, Any] = document()["paths"][template][call.method.lower()]
            return found
    return None


def problems_of(call: Call) -> Iterator[str]:
    """What the document has against a call."""
    found = operation(call)
    if found is None:
        yield f"no {call.method} {call.path}"
        return
    known = {each["name"] for each in found.get("parameters", ()) if each["in"] == "query"}
    yield from (f"no parameter {name}" for name in call.query.keys() - known)
    content = found.get("requestBody", {}).get("content", {})
    if call.given:
        yield from _problems_of_body(call, content)
    if call.parts:
        fields = content["multipart/form-data"]["schema"]["properties"]
        yield from (f"no field {part}" for part in call.parts if part.split("=")[0] not in fields)


def _problems_of_body(call: Call, content: dict[str, Any]) -> Iterator[str]:
    kind = call.headers.get("content-type", "application/x-www-form-urlencoded")
    if kind not in content:
        yield f"takes {sorted(content)}, and not {kind}"
        return
    is_json = kind == "application/json"
    body = json.loads(*call.given) if is_json else dict(each.split("=", 1) for each in call.given)
    schema = {**content[kind]["schema"], "components": document()["components"]}
    validator = jsonschema.Draft202012Validator(schema)
    yield from (error.message for error in validator.iter_errors(body))


def kinds_of(error: Any) -> Iterator[Any]:
    """A kind of error and all below it."""
    yield error
    for kind in error.__subclasses__():
        yield from kinds_of(kind)


CURLS = [command for command in SHELL if command.words[0] == "curl"]
OWN = [command for command in SHELL if PROGRAM.search(command.words[0])]


@pytest.mark.parametrize("command", CURLS, ids=str)
def test_each_request_is_one_that_the_service_takes(command: Command) -> None:
    call = called(command)

    problems = [] if call.path in NOT_IN_THE_DOCUMENT else list(problems_of(call))

    assert problems == []


@pytest.mark.parametrize("command", OWN, ids=str)
def test_each_command_has_its_options(command: Command, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.touch()
    words = [str(given) if word.startswith("~/") else word for word in command.words[1:]]
    assert words[0] in COMMANDS
    known: Any = typer.main.get_command(command_line(words[0]))

    while hasattr(known, "commands"):
        name, *words = words
        known = known.commands[name]
    context = known.make_context(command.words[1], words)  # raises where it cannot be parsed

    assert context.args == []


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language == "python"], ids=str
)
def test_each_python_block_compiles(block: Block) -> None:
    compile(block.text, str(block), "exec")


def test_the_models_file_of_the_guide_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = [block for block in BLOCKS if block.language == "toml"]
    for name in re.findall(r"env:(\w+)", block.text):
        monkeypatch.setenv(name, "a key")
    (tmp_path / "models.toml").write_text(block.text)

    registry = read_models_file(tmp_path / "models.toml")

    assert registry.deployments.keys() == {"cloud", "school-azure", "laptop", "gpu"}


def test_every_code_of_the_troubleshooting_page_is_in_the_source() -> None:
    page = (CHECKOUT / "docs" / "guides" / "troubleshooting.md").read_text()
    rows = [row for row in page.splitlines() if row.startswith("| `")]
    codes = {
        code for row in rows for code in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", row.split("|")[1])
    }
    source = "\n".join(
        path.read_text()
        for package in ("ai", "api", "ingestion", "services", "storage")
        for path in (CHECKOUT / package).rglob("*.py")
    )

    assert len(codes) > 40
    assert [code for code in sorted(codes) if f'"{code}"' not in source] == []


def test_the_statuses_of_the_troubleshooting_page_are_those_that_are_sent() -> None:
    kinds = [*kinds_of(ServiceError), *kinds_of(StorageError), *kinds_of(EmbeddingError)]
    sent = {str(kind.code): int(status_of(kind.__new__(kind))) for kind in kinds}
    sent |= {code: status for status, code in CODE_OF_STATUS.items()} | sent
    page = (CHECKOUT / "docs" / "guides" / "troubleshooting.md").read_text()
    rows = re.findall(r"^\| (`[^|]+`) \| (\d{3}) \|", page, re.MULTILINE)

    told = {code: int(status) for codes, status in rows for code in re.findall(r"\w+", codes)}

    assert len(told) > 20
    assert {code: sent.get(code) for code in told} == told


def test_a_request_that_the_service_does_not_take_is_found() -> None:
    block = Block(CHECKOUT / "README.md", 1, "sh", "")
    words = ("curl", "-sX", "POST", "$API/courses/physics/chat?deep=1", "-H")
    command = Command(block, (*words, "Content-Type: application/json", "-d", '{"massage": "Hi"}'))

    found = list(problems_of(called(command)))

    assert len(found) == 3, found


def test_the_readers_of_examples_find_them() -> None:
    assert len(CURLS) > 30
    assert len(OWN) > 25
