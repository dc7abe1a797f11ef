"""The exported encoder for tests, made once for each version of the exporting code."""

import hashlib
from pathlib import Path

import ai.embedding
from ai.embedding.onnx_export import ensure_exported
from ai.embedding.onnx_files import OnnxModelFiles

EXPORTING_MODULES = ("graph_tracing.py", "onnx_export.py", "onnx_files.py")
CHECKOUT = Path(__file__).parents[2]


def exported_encoder() -> OnnxModelFiles:
    """The encoder's files, below the checkout's pytest cache; safe under several processes."""
    package = Path(ai.embedding.__file__).parent
    version = hashlib.sha256(b"".join((package / name).read_bytes() for name in EXPORTING_MODULES))
    return ensure_exported(CHECKOUT / ".pytest_cache" / f"encoder-{version.hexdigest()[:16]}")
