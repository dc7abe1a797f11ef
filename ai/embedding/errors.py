"""Errors of the encoder.

::

    EmbeddingError
    +-- EncoderFilesError               give up on these files: export them again
    +-- EncoderExportError              page someone: this installation cannot make an encoder
    +-- EmbeddingsUnavailableError      retry later: the remote encoder is away or busy
    |   +-- EmbeddingsTimedOutError     retry later: it took too long
    +-- EmbeddingsMisconfiguredError    page the operator: a setting does not fit the remote encoder
"""

from pathlib import Path


class EmbeddingError(Exception):
    """Base of what can go wrong with the encoder; `code` is stable."""

    code = "embedding_failed"


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


class EmbeddingsUnavailableError(EmbeddingError):
    """A remote encoder gives no vectors now; later it may.

    Attributes:
        retry_after_seconds: when to come again.
    """

    code = "embeddings_unavailable"

    def __init__(self, message: str, retry_after_seconds: int = 2) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class EmbeddingsTimedOutError(EmbeddingsUnavailableError):
    """A remote encoder kept silent for longer than allowed."""

    code = "embeddings_timed_out"


class EmbeddingsMisconfiguredError(EmbeddingError):
    """A remote encoder refuses what it is sent, or gives what is not the vectors expected."""

    code = "embeddings_misconfigured"
