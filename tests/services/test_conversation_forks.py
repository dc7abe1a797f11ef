"""Which messages of a conversation stand in one another's place."""

from uuid import UUID

from services.conversation_forks import Version, forks_along
from storage.repositories.messages import MessagePlace


def ids(count: int) -> list[UUID]:
    return [UUID(int=n) for n in range(1, count + 1)]


def test_a_conversation_without_branches_has_no_forks() -> None:
    question, answer = ids(2)
    places = [MessagePlace(question, None), MessagePlace(answer, question)]

    assert forks_along(places, {question, answer}) == []


def test_a_version_leads_to_the_latest_message_after_it() -> None:
    question, first, second, follow_up, last = ids(5)
    places = [
        MessagePlace(question, None),
        MessagePlace(first, question),
        MessagePlace(second, question),
        MessagePlace(follow_up, first),
        MessagePlace(last, follow_up),
    ]

    forks = forks_along(places, {question, second})

    assert forks == [(Version(first, last), Version(second, second))]


def test_forks_are_in_the_order_of_the_path_and_none_beside_it() -> None:
    first, answer, edited, other, again, beside = ids(6)
    places = [
        MessagePlace(first, None),
        MessagePlace(answer, first),
        MessagePlace(edited, None),
        MessagePlace(other, edited),
        MessagePlace(again, edited),
        MessagePlace(beside, first),
    ]

    forks = forks_along(places, {edited, other})

    assert forks == [
        (Version(first, beside), Version(edited, again)),
        (Version(other, other), Version(again, again)),
    ]
