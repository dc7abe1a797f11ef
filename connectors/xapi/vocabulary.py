"""The verbs, kinds of activity and extensions that statements use.

Source: ADL vocabulary (adlnet.gov/expapi), cmi5 and the video profile of xAPI (w3id.org/xapi).
"""

from typing import Any, Final

ADL: Final = "http://adlnet.gov/expapi"
PROGRESS: Final = "https://w3id.org/xapi/cmi5/result/extensions/progress"
"""Whole per cent, 0 to 100."""
PLAYED: Final = "https://w3id.org/xapi/video/extensions/played-segments"
LENGTH: Final = "https://w3id.org/xapi/video/extensions/length"

Verb = dict[str, Any]


def _verb(name: str) -> Verb:
    return {"id": f"{ADL}/verbs/{name}", "display": {"en-US": name}}


ANSWERED: Final = _verb("answered")
ASKED: Final = _verb("asked")
COMPLETED: Final = _verb("completed")
EXPERIENCED: Final = _verb("experienced")
INTERACTED: Final = _verb("interacted")
MASTERED: Final = _verb("mastered")
PASSED: Final = _verb("passed")
PROGRESSED: Final = _verb("progressed")
SCORED: Final = _verb("scored")
VOIDED: Final = _verb("voided")


def activity_type(name: str) -> str:
    """The address of a kind of activity."""
    return f"{ADL}/activities/{name}"
