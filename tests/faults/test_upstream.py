"""An upstream that refuses, is silent, breaks off or sends rubbish: every answer is complete."""

from collections.abc import Sequence
from time import monotonic
from typing import get_args

import pytest

from tests.faults.conftest import Counted
from tests.faults.stack import Stack
from tests.faults.tally import Answers, Tally, seconds_to_answer
from tests.faults.upstream import Upstream
from tests.support.openai_server import Fault

pytestmark = [
    pytest.mark.server,
    pytest.mark.worker,
    pytest.mark.alone,
    pytest.mark.timeout(900),
]

FAULTS: tuple[Fault, ...] = tuple(fault for fault in get_args(Fault) if fault != "none")


async def told_in_spite_of(
    stack: Stack, upstream: Upstream, faults: Sequence[Fault], *, streams: int, fault: str
) -> Tally:
    upstream.faults = tuple(faults)
    upstream.tokens_per_second = None
    async with stack.client() as http:
        began = monotonic()
        answers = Answers.asked(http, streams)
        await answers.ended()
        took = monotonic() - began
        upstream.faults = ("none",)
        recovery_seconds = await seconds_to_answer(http)
        return Tally(
            fault,
            f"{streams} answers",
            accepted=streams,
            completed=await answers.completed(),
            refused=answers.refused,
            doubled=await answers.doubled(),
            recovery_seconds=recovery_seconds,
            note=f"the slowest answer took {took:.1f} s, with time-outs of 3 s",
        )


async def test_answers_are_complete_whatever_the_upstream_does(
    stack: Stack, upstream: Upstream, counted: Counted
) -> None:
    faults: tuple[Fault, ...] = ("server_error", "cut_off_in_mid_stream", "malformed_chunk")
    counted(
        await told_in_spite_of(
            stack, upstream, faults, streams=6, fault="upstream: 500, cut off, malformed"
        )
    )


@pytest.mark.long
async def test_answers_are_complete_under_every_fault_the_upstream_knows(
    stack: Stack, upstream: Upstream, counted: Counted
) -> None:
    counted(
        await told_in_spite_of(
            stack,
            upstream,
            FAULTS,
            streams=2 * len(FAULTS),
            fault=f"upstream: each of {len(FAULTS)} ways to misbehave",
        )
    )
