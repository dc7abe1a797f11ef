"""The chapters that the gate is tried on."""

from tests.support.course_passages import motion_passages
from tests.support.material import session_encoder

__all__ = ["motion_passages", "session_encoder"]
