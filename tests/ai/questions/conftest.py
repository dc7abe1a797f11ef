"""The encoder that questions are read with."""

from tests.support.material import session_encoder

__all__ = ["session_encoder"]
