"""Errors of the encoder.

::

    EmbeddingError
    +-- EncoderFilesError      give up on these files: export them again
    +-- EncoderExportError     page someone: this installation cannot make an encoder
"""

from pathlib import Path


class EmbeddingError(Exception):
    """Base of what can go wrong with the encoder."""


class EncoderFilesError(EmbeddingError):
    """The exported encoder in a folder is missing, incomplete or of another format.

    Attributes:
        folder: where the files were looked for.
        reason: what is wrong with them.
    """

    code = "encoder_files_unusable"

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"The encoder in {folder} cannot be used: {reason}. "
            f"Export it again: python -m ai.embedding.onnx_export {folder}"
        )
        self.folder = folder
        self.reason = reason


class EncoderExportError(EmbeddingError):
    """Exporting the encoder failed, or the export differs from its source.

    Attributes:
        reason: what went wrong, with the measured values.
    """

    code = "encoder_export_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The encoder could not be exported: {reason}")
        self.reason = reason
