"""A reranker has the last word on the order, and costs nothing but a moment when it fails."""

import asyncio
from collections.abc import Sequence

import pytest

from ai.retrieval.reranking import FIRST_PAUSE_SECONDS, Reranking, RerankingError
from tests.support.clocks import Clock

PASSAGES = ["zero", "one", "two", "three", "four"]


class Opinion:
    """Gives what it is told to: an order, an error, or nothing for ever."""

    def __init__(self, *opinions: list[int] | Exception | None) -> None:
        self.opinions = list(opinions)
        self.asked: list[list[str]] = []

    async def order(self, question: str, passages: Sequence[str]) -> list[int]:  # noqa: ARG002
        self.asked.append(list(passages))
        opinion = self.opinions.pop(0) if len(self.opinions) > 1 else self.opinions[0]
        if opinion is None:
            await asyncio.Event().wait()
        if isinstance(opinion, Exception):
            raise opinion
        assert opinion is not None
        return opinion


def reranking(opinion: Opinion, clock: Clock, *, candidates: int = 3) -> Reranking:
    return Reranking(opinion, candidates=candidates, seconds=0.05, clock=clock)


async def test_only_the_best_candidates_are_read_and_move() -> None:
    opinion = Opinion([2, 0, 1])

    order = await reranking(opinion, Clock(100.0)).order("Which?", PASSAGES)

    assert order == [2, 0, 1, 3, 4]
    assert opinion.asked == [["zero", "one", "two"]]


async def test_passages_that_the_reranker_leaves_out_come_after_in_their_order() -> None:
    order = await reranking(Opinion([2]), Clock(100.0)).order("Which?", PASSAGES)

    assert order == [2, 0, 1, 3, 4]


async def test_one_passage_alone_needs_no_opinion() -> None:
    opinion = Opinion([0])

    assert await reranking(opinion, Clock(100.0)).order("Which?", PASSAGES[:1]) == [0]
    assert await reranking(opinion, Clock(100.0)).order("Which?", []) == []
    assert opinion.asked == []


@pytest.mark.parametrize("failure", [RerankingError("it is away"), None])
async def test_without_an_opinion_the_order_stays_and_the_reranker_is_left_alone(
    failure: Exception | None,
) -> None:
    opinion, clock = Opinion(failure, [2, 1, 0]), Clock(100.0)
    asked = reranking(opinion, clock)

    first = await asked.order("Which?", PASSAGES)
    clock.now += FIRST_PAUSE_SECONDS - 1
    during_the_pause = await asked.order("Which?", PASSAGES)
    clock.now += 2
    after_it = await asked.order("Which?", PASSAGES)

    assert first == during_the_pause == [0, 1, 2, 3, 4]
    assert after_it == [2, 1, 0, 3, 4]
    assert len(opinion.asked) == 2


async def test_the_pause_doubles_and_ends_with_a_success() -> None:
    opinion, clock = (
        Opinion(*[RerankingError("away")] * 2, [1, 0, 2], RerankingError("again")),
        Clock(100.0),
    )
    asked = reranking(opinion, clock)

    await asked.order("Which?", PASSAGES)
    clock.now += FIRST_PAUSE_SECONDS
    await asked.order("Which?", PASSAGES)
    clock.now += FIRST_PAUSE_SECONDS
    await asked.order("Which?", PASSAGES)  # the second pause is longer
    assert len(opinion.asked) == 2

    clock.now += FIRST_PAUSE_SECONDS
    assert await asked.order("Which?", PASSAGES) == [1, 0, 2, 3, 4]
    await asked.order("Which?", PASSAGES)  # fails, with the first pause again
    clock.now += FIRST_PAUSE_SECONDS
    await asked.order("Which?", PASSAGES)
    assert len(opinion.asked) == 5


async def test_after_a_pause_one_question_tries_while_the_others_go_on() -> None:
    opinion, clock = Opinion(RerankingError("away"), None), Clock(100.0)
    asked = reranking(opinion, clock)
    await asked.order("Which?", PASSAGES)
    clock.now += FIRST_PAUSE_SECONDS

    orders = await asyncio.gather(*(asked.order("Which?", PASSAGES) for _ in range(5)))

    assert orders == [[0, 1, 2, 3, 4]] * 5
    assert len(opinion.asked) == 2
