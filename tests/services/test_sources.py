"""Finding sources: keys, filters, faults; archives of strangers."""

import zipfile
from pathlib import Path

import pytest

from services.documents import document_key
from services.errors import InvalidValueError
from services.ingestion import archives
from services.ingestion.archives import batches_of, unpack
from services.ingestion.report import Reason
from services.ingestion.sources import SourceFilter, find_sources

EVERYTHING = SourceFilter()


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    root = tmp_path / "my library"
    for name in ("a.md", "part 1/b.md", "part 1/c.txt", ".git/config.txt", "part 1/.hidden.md"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
    return root


def keys(*arguments: object, scratch: Path, source_filter: SourceFilter = EVERYTHING) -> list[str]:
    found = find_sources([str(argument) for argument in arguments], scratch, source_filter)
    return [source.key for source in found]


def test_keys_are_paths_below_the_folder_named(library: Path, scratch: Path):
    assert keys(library, scratch=scratch) == ["a.md", "part 1/b.md", "part 1/c.txt"]


def test_the_key_of_a_file_named_is_its_name(library: Path, scratch: Path):
    assert keys(library / "part 1" / "b.md", scratch=scratch) == ["b.md"]


def test_a_pattern_the_shell_left_alone_is_expanded_below_its_fixed_part(
    library: Path, scratch: Path
):
    assert keys(library / "**" / "*.md", scratch=scratch) == [
        "a.md",
        "part 1/.hidden.md",
        "part 1/b.md",
    ]


@pytest.mark.parametrize(
    ("source_filter", "expected"),
    [
        (SourceFilter(include=("*.md",)), ["a.md", "part 1/b.md"]),
        (SourceFilter(exclude=("part 1/*",)), ["a.md"]),
        (SourceFilter(include=("*.md",), exclude=("b.*",)), ["a.md"]),
    ],
)
def test_include_and_exclude_choose_by_name_or_by_path(
    library: Path, scratch: Path, source_filter: SourceFilter, expected: list[str]
):
    assert keys(library, scratch=scratch, source_filter=source_filter) == expected


def test_a_file_that_no_reader_knows_is_passed_over_with_a_reason(library: Path, scratch: Path):
    (library / "clip.xyz").write_bytes(b"?")

    [source] = [s for s in find_sources([str(library)], scratch, EVERYTHING) if s.fault]

    assert (source.key, source.is_failure) == ("clip.xyz", False)
    assert source.fault is not None
    assert ".xyz" in source.fault.text


def test_two_files_with_one_key_do_not_overwrite_each_other(library: Path, scratch: Path):
    arguments = [str(library), str(library / "part 1" / "b.md"), str(library / "a.md")]

    faulty = [s for s in find_sources(arguments, scratch, EVERYTHING) if s.fault]

    assert [(source.key, source.is_failure) for source in faulty] == [("a.md", True)]


def test_a_path_that_does_not_exist_is_refused_by_name(scratch: Path):
    with pytest.raises(InvalidValueError, match="nowhere"):
        find_sources(["/nowhere"], scratch, EVERYTHING)


def test_members_of_an_archive_get_keys_within_it(tmp_path: Path, scratch: Path):
    with zipfile.ZipFile(tmp_path / "notes.zip", "w") as archive:
        archive.writestr("ch1/a.md", "text")
        archive.writestr("__MACOSX/ch1/._a.md", "fork")

    assert keys(tmp_path / "notes.zip", scratch=scratch) == ["ch1/a.md"]


@pytest.mark.parametrize("name", ["../evil.md", "a/../../evil.md", "/etc/evil.md", "..\\evil.md"])
def test_a_member_that_leads_out_of_the_archive_is_refused(
    tmp_path: Path, scratch: Path, name: str
):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr(name, "text")

    [member] = unpack(tmp_path / "evil.zip", scratch)

    assert member.path is None
    assert member.fault == Reason("its path leads out of the archive", "path_leads_out")
    assert not list(scratch.iterdir())


def test_a_symbolic_link_in_an_archive_is_refused(tmp_path: Path, scratch: Path):
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    [member] = unpack(tmp_path / "link.zip", scratch)

    assert member.fault == Reason("it is a symbolic link", "symbolic_link")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, scratch: Path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", b"\0" * (archives.RATIO_MATTERS_FROM_BYTES + 1))

    [member] = unpack(tmp_path / "bomb.zip", scratch)

    assert member.fault is not None
    assert member.fault.code == "zip_bomb"


def test_an_archive_that_is_none_says_so(tmp_path: Path, scratch: Path):
    (tmp_path / "no.zip").write_text("no archive")

    [member] = unpack(tmp_path / "no.zip", scratch)

    assert member.fault is not None
    assert member.fault.code == "archive_damaged"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("notes.md", "notes.md"),
        ("ch1/notes.md", "ch1/notes.md"),
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\Users\\me\\notes.md", "C:/Users/me/notes.md"),
        ("/absolute//./notes\x00.md", "absolute/notes.md"),
    ],
)
def test_a_senders_file_name_becomes_a_clean_relative_key(name: str, key: str):
    assert document_key(name) == key


@pytest.mark.parametrize("name", ["", "..", "/", "x" * 501])
def test_a_name_that_is_none_is_refused(name: str):
    with pytest.raises(InvalidValueError):
        document_key(name)


def test_an_archive_is_divided_by_number_and_size_and_unpacked_in_parts(tmp_path: Path):
    sizes = {"a.md": 10, "b.md": 10, "c.md": 10, "large.md": 900, "d.md": 10}
    with zipfile.ZipFile(tmp_path / "notes.zip", "w") as archive:
        for name, size in sizes.items():
            archive.writestr(name, "x" * size)
        archive.writestr("../evil.md", "x")

    batches = batches_of(tmp_path / "notes.zip", max_files=2, max_bytes=500)
    unpacked = [
        [
            (member.name, member.fault is None)
            for member in unpack(tmp_path / "notes.zip", tmp_path / str(number), batch.names)
        ]
        for number, batch in enumerate(batches)
    ]

    assert [batch.byte_size for batch in batches] == [20, 10, 900, 11]
    assert unpacked == [
        [("a.md", True), ("b.md", True)],
        [("c.md", True)],
        [("large.md", True)],
        [("d.md", True), ("evil.md", False)],
    ]


@pytest.mark.parametrize("content", [b"no archive", b"", b"PK\x05\x06", b"PK\x05\x06" + bytes(5)])
def test_what_is_no_archive_is_not_divided(tmp_path: Path, content: bytes):
    (tmp_path / "no.zip").write_bytes(content)

    assert batches_of(tmp_path / "no.zip", max_files=2, max_bytes=500) == []


def test_an_archive_that_claims_a_huge_list_of_contents_is_not_opened_to_divide_it(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "big.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.md", "x")
    content = bytearray((tmp_path / "big.zip").read_bytes())
    end = content.rfind(b"PK\x05\x06")
    content[end + 12 : end + 16] = (5 << 20).to_bytes(4, "little")
    (tmp_path / "big.zip").write_bytes(content)

    assert batches_of(tmp_path / "big.zip", max_files=1, max_bytes=500) == []
