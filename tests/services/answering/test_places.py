"""Places for answers: among the beginnings until the sources are there, then among those told."""

import pytest

from ai.routing.adaptive_bulkhead import AdaptiveBulkhead
from ai.routing.bulkhead import Bulkhead, PlacesTakenError
from services.answering.places import AnswerPlaces


def places(told: int, begun: int) -> tuple[AnswerPlaces, Bulkhead, Bulkhead]:
    bulkheads = Bulkhead(told), AdaptiveBulkhead(begun)
    return AnswerPlaces(*bulkheads), *bulkheads


async def test_an_answer_leaves_the_beginnings_once_its_sources_are_there() -> None:
    answers, told, begun = places(told=2, begun=1)
    first = await answers.enter()
    with pytest.raises(PlacesTakenError):
        await answers.enter()
    assert (told.taken, begun.taken) == (1, 1)

    first.prepared()
    second = await answers.enter()
    assert (told.taken, begun.taken) == (2, 1)

    first.leave()
    second.leave()
    assert (told.taken, begun.taken) == (0, 0)


async def test_what_is_left_to_wait_for_counts_once_however_often_it_is_said() -> None:
    answers, told, begun = places(told=3, begun=3)
    one, other = await answers.enter(), await answers.enter()

    one.leave_beginnings()
    one.prepared()
    one.leave()

    assert (told.taken, begun.taken) == (1, 1)
    other.leave()


async def test_no_answer_is_begun_where_none_more_may_be_told() -> None:
    answers, told, begun = places(told=1, begun=9)
    (await answers.enter()).prepared()

    with pytest.raises(PlacesTakenError):
        await answers.enter()
    with pytest.raises(PlacesTakenError):
        answers.expect()

    assert (told.taken, begun.taken) == (1, 0)
    assert begun.free == 9


async def test_room_is_kept_among_both_and_given_back_to_both() -> None:
    answers, told, begun = places(told=4, begun=2)
    room = answers.expect()
    assert (told.free, begun.free) == (3, 1)

    room.give_back()
    room.give_back()
    assert (told.free, begun.free) == (4, 2)
