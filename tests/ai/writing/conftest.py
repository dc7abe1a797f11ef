"""The chapters that writers are tried on."""

from tests.support.course_passages import hindi_passages, motion_passages
from tests.support.material import session_encoder

__all__ = ["hindi_passages", "motion_passages", "session_encoder"]
