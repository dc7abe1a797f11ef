"""Stored events as values: payloads of older versions are lifted to the newest first."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import orjson
from pydantic import ValidationError

from pedagogy.events.errors import DamagedEventError, UnknownKindError, UnknownVersionError
from pedagogy.events.kinds import AnyEvent

Payload = dict[str, Any]

KINDS: Mapping[str, type[AnyEvent]] = {
    model.model_fields["kind"].default: model for model in get_args(AnyEvent)
}


def read_event(kind: str, version: int, payload: str | bytes) -> AnyEvent:
    """The event that a row of the log holds, in its newest version.

    Args:
        kind: As stored.
        version: Of the kind's payload, as stored.
        payload: A JSON object.

    Raises:
        UnknownKindError: there is no such kind.
        UnknownVersionError: there is none of that version, or no way up from it.
        DamagedEventError: the payload does not fit.
    """
    model = KINDS.get(kind)
    if model is None:
        raise UnknownKindError(kind, version)
    try:
        if version == model.VERSION:
            return model.model_validate_json(payload)
        lifted = _lifted(model, version, orjson.loads(payload))
        return model.model_validate(lifted)
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise DamagedEventError(kind, version, f"its payload does not fit ({reason})") from error


def _lifted(model: type[AnyEvent], version: int, payload: Payload) -> Payload:
    kind = model.model_fields["kind"].default
    while version < model.VERSION:
        step = STEPS.get((kind, version))
        if step is None:
            break
        payload, version = step(payload), version + 1
    if version != model.VERSION:
        raise UnknownVersionError(kind, version, model.VERSION)
    return payload


def _graded_1_to_2(payload: Payload) -> Payload:
    """Version 1 had no answers left out, no moment of answering, no word on what it replaced."""
    return {**payload, "is_answered": True}


def _hint_1_to_2(payload: Payload) -> Payload:
    """Version 1 told a solution by the level 0."""
    level = payload["level"]
    told = {"help": "solution"} if level == 0 else {"help": "hint", "level": level}
    return {"quiz_id": payload["quiz_id"], "question_id": payload["question_id"], **told}


STEPS: Mapping[tuple[str, int], Callable[[Payload], Payload]] = {
    ("answer.graded", 1): _graded_1_to_2,
    ("hint.given", 1): _hint_1_to_2,
}
"""From each older version to the next, by kind and the version that is left."""
