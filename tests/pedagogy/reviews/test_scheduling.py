"""Cards fall due as the published scheduler has it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedagogy.reviews.scheduling import LONGEST_INTERVAL_DAYS, CardMemory, Recall, ReviewScheduler

START = datetime(2022, 11, 29, 12, 30, tzinfo=UTC)


def reviewed(recalls: list[Recall], days: list[int]) -> CardMemory:
    scheduler, memory, moment = ReviewScheduler(), None, START
    for recall, gap in zip(recalls, days, strict=True):
        moment += timedelta(days=gap)
        memory = scheduler.reviewed(memory, recall, moment)
    assert memory is not None
    return memory


def test_memory_is_that_of_the_published_example() -> None:
    # The example of py-fsrs (test_memo_state), with the digits that its ports agree on.
    memory = reviewed([Recall.AGAIN, *[Recall.GOOD] * 5], [0, 0, 1, 3, 8, 21])

    assert memory.stability == pytest.approx(53.626902917141365, abs=1e-6)
    assert memory.difficulty == pytest.approx(6.357487083997829, abs=1e-6)


def test_intervals_are_those_of_the_published_example_up_to_a_year() -> None:
    scheduler, memory, moment, days = ReviewScheduler(), None, START, []

    for recall in [Recall.GOOD] * 6:
        memory = scheduler.reviewed(memory, recall, moment)
        days.append((memory.due_at - moment).days)
        moment = memory.due_at

    assert days == [0, 2, 11, 46, 163, LONGEST_INTERVAL_DAYS]


def test_a_forgotten_card_is_learned_anew_and_is_due_today() -> None:
    memory = reviewed([Recall.GOOD, Recall.GOOD, Recall.AGAIN], [0, 1, 3])

    assert memory.state == "relearning"
    assert memory.due_at - memory.last_reviewed_at == timedelta(minutes=10)


def test_recall_fades_to_nine_in_ten_when_stability_has_passed() -> None:
    memory = reviewed([Recall.EASY], [0])
    scheduler = ReviewScheduler()

    chances = [
        scheduler.chance_of_recall(memory, START + timedelta(days=days))
        for days in (0, round(memory.stability), 60)
    ]

    assert chances[0] == 1
    assert chances[1] == pytest.approx(0.9, abs=0.01)
    assert chances[2] < 0.8


def test_a_review_from_the_past_counts_as_made_now() -> None:
    scheduler = ReviewScheduler()
    memory = scheduler.reviewed(None, Recall.GOOD, START)

    again = scheduler.reviewed(memory, Recall.GOOD, START - timedelta(days=100))

    assert again.last_reviewed_at == START


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    kolkata = START.astimezone(timezone(timedelta(hours=5, minutes=30)))
    scheduler = ReviewScheduler()

    assert scheduler.reviewed(None, Recall.HARD, kolkata) == scheduler.reviewed(
        None, Recall.HARD, START
    )


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ReviewScheduler().reviewed(None, Recall.GOOD, START.replace(tzinfo=None))


@given(st.lists(st.tuples(st.sampled_from(Recall), st.integers(0, 400)), min_size=1, max_size=20))
def test_no_history_leaves_the_bounds(history: list[tuple[Recall, int]]) -> None:
    memory = reviewed([recall for recall, _ in history], [days for _, days in history])

    assert 1 <= memory.difficulty <= 10
    assert memory.stability > 0
    assert timedelta(0) < memory.due_at - memory.last_reviewed_at
    assert memory.due_at - memory.last_reviewed_at <= timedelta(days=LONGEST_INTERVAL_DAYS)
