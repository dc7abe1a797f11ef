"""The exported encoder on disk: which files it has and whether they are whole."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ai.embedding.errors import EncoderFilesError

FORMAT = 2
GRAPH_FILE = "encoder.onnx"
WEIGHTS_FILE = "encoder.weights"
WORD_EMBEDDINGS_FILE = "word_embeddings.f32"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"
Precision = Literal["int8", "float32"]
EXPORTED_FILES = (GRAPH_FILE, WEIGHTS_FILE, WORD_EMBEDDINGS_FILE, TOKENIZER_FILE)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """Size and checksum of one file of the export."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OnnxModelFiles:
    """An exported encoder.

    Attributes:
        folder: where its files lie.
        embedder_id: the vector space.
        dimension: components of a vector.
        max_tokens: word pieces read of a text.
        source: package and version that the weights came in, such as ``name==0.1.0``.
        precision: of the weights.
        similarity: least cosine of a vector and the source's, measured at the export.
        files: size and checksum of each file.
    """

    folder: Path
    embedder_id: str
    dimension: int
    max_tokens: int
    source: str
    precision: Precision
    similarity: float
    files: dict[str, ExportedFile]

    @property
    def graph(self) -> Path:
        """The ONNX graph; its weights lie beside it."""
        return self.folder / GRAPH_FILE

    @property
    def word_embeddings(self) -> Path:
        """The word-piece table, ``(vocabulary, dimension)`` float32."""
        return self.folder / WORD_EMBEDDINGS_FILE

    @property
    def tokenizer(self) -> Path:
        """The word-piece tokenizer."""
        return self.folder / TOKENIZER_FILE

    def write_manifest(self) -> None:
        """Write the manifest that ``read_exported`` reads."""
        manifest = {"format": FORMAT, **asdict(self)}
        del manifest["folder"]
        text = json.dumps(manifest, indent=2) + "\n"
        (self.folder / MANIFEST_FILE).write_text(text, encoding="utf-8")


def read_exported(folder: Path) -> OnnxModelFiles:
    """The exported encoder in ``folder``.

    Raises:
        EncoderFilesError: there is none, it is of another format, or a file is missing or cut.
    """
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    except OSError as error:
        reason = f"{MANIFEST_FILE} cannot be read ({error.strerror})"
        raise EncoderFilesError(folder, reason) from error
    except ValueError as error:
        raise EncoderFilesError(folder, f"{MANIFEST_FILE} is not JSON: {error}") from error
    if not isinstance(manifest, dict) or manifest.pop("format", None) != FORMAT:
        raise EncoderFilesError(folder, f"{MANIFEST_FILE} is not of format {FORMAT}")
    try:
        sizes = {name: ExportedFile(**values) for name, values in manifest.pop("files").items()}
        files = OnnxModelFiles(folder=folder, files=sizes, **manifest)
    except (KeyError, TypeError) as error:
        raise EncoderFilesError(folder, f"{MANIFEST_FILE} is incomplete: {error}") from error
    _check_sizes(files)
    return files


def _check_sizes(files: OnnxModelFiles) -> None:
    for name in EXPORTED_FILES:
        path = files.folder / name
        expected = files.files.get(name)
        if expected is None or not path.is_file() or path.stat().st_size != expected.size_bytes:
            raise EncoderFilesError(files.folder, f"{name} is missing or not whole")
