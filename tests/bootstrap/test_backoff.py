"""Delays between restarts."""

from bootstrap.backoff import BackOff


def test_delay_doubles_up_to_half_a_minute():
    backoff = BackOff(now=0.0)

    delays = [backoff.next_delay(now=1.0) for _ in range(7)]

    assert delays == [1, 2, 4, 8, 16, 30, 30]


def test_delay_begins_anew_after_a_minute_of_health():
    backoff = BackOff(now=0.0)
    backoff.next_delay(now=1.0)
    backoff.next_delay(now=2.0)
    backoff.note_start(now=4.0)

    assert backoff.next_delay(now=64.0) == 1


def test_delay_goes_on_growing_just_before_a_minute():
    backoff = BackOff(now=0.0)
    backoff.next_delay(now=1.0)
    backoff.note_start(now=4.0)

    assert backoff.next_delay(now=63.9) == 2
