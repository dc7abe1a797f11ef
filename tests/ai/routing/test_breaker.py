import pytest

from ai.chat.errors import (
    BreakerOpenError,
    BulkheadFullError,
    RateLimitedError,
    RequestRejectedError,
    UpstreamFailedError,
    WrongApiKeyError,
)
from ai.chat.scripted import ScriptedChatModel
from ai.routing.breaker import (
    ELSEWHERE_SECONDS,
    FAILURES_TO_OPEN,
    Breaker,
    BreakingChatModel,
    Opening,
    ProbeClaim,
)
from tests.ai.chat.examples import answer, request
from tests.support.clocks import Clock

FAILED = UpstreamFailedError("m", "500")
ASKED = request("What is work?")


class Heard:
    def __init__(self) -> None:
        self.news: list[Opening | None] = []
        self.claims: list[str] = []
        self.abandoned_probes: list[str] = []
        self.claim = ProbeClaim(is_granted=True)

    def opened(self, deployment: str, opening: Opening) -> None:  # noqa: ARG002
        self.news.append(opening)

    def closed(self, deployment: str) -> None:  # noqa: ARG002
        self.news.append(None)

    def abandoned(self, deployment: str) -> None:
        self.abandoned_probes.append(deployment)

    async def claim_probe(self, deployment: str, seconds: float) -> ProbeClaim:  # noqa: ARG002
        self.claims.append(deployment)
        return self.claim


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.0)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def breaker(clock: Clock, heard: Heard) -> Breaker:
    return Breaker("m", clock, heard)


def fail(breaker: Breaker, times: int = FAILURES_TO_OPEN) -> None:
    for _ in range(times):
        breaker.fail(FAILED)


async def test_it_opens_after_failures_in_a_row_and_tells_others(
    breaker: Breaker, heard: Heard
) -> None:
    fail(breaker, FAILURES_TO_OPEN - 1)
    assert breaker.state == "closed"

    breaker.fail(FAILED)

    assert breaker.state == "open"
    assert heard.news == [Opening(10.0, 1)]
    with pytest.raises(BreakerOpenError, match="asked again in 10 s"):
        await breaker.enter()


def test_a_success_between_failures_keeps_it_closed(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeed()
    fail(breaker, 2)

    assert breaker.state == "closed"


async def test_after_its_pause_one_call_passes_as_a_probe(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.now += 10

    await breaker.enter()

    assert breaker.state == "half_open"
    with pytest.raises(BreakerOpenError):
        await breaker.enter()


async def test_a_probe_that_succeeds_closes_it_here_and_elsewhere(
    breaker: Breaker, clock: Clock, heard: Heard
) -> None:
    fail(breaker)
    clock.now += 10
    await breaker.enter()

    breaker.succeed()

    assert breaker.state == "closed"
    assert heard.news[-1] is None


async def test_probes_that_fail_double_the_pause_up_to_a_bound(
    breaker: Breaker, clock: Clock
) -> None:
    pauses = []
    fail(breaker)
    for _ in range(6):
        pauses.append(breaker.open_seconds)
        clock.now += breaker.open_seconds
        await breaker.enter()
        breaker.fail(FAILED)

    assert pauses == [10, 20, 40, 80, 120, 120]


async def test_a_reader_who_leaves_frees_the_probe(
    breaker: Breaker, clock: Clock, heard: Heard
) -> None:
    fail(breaker)
    clock.now += 10
    await breaker.enter()

    breaker.abandon()

    await breaker.enter()
    assert heard.abandoned_probes == ["m"]


async def test_while_another_process_probes_calls_are_refused_and_it_is_asked_now_and_then(
    breaker: Breaker, clock: Clock, heard: Heard
) -> None:
    fail(breaker)
    clock.now += 10
    heard.claim = ProbeClaim(is_granted=False)
    for _ in range(3):
        with pytest.raises(BreakerOpenError):
            await breaker.enter()
    asked_at_once = len(heard.claims)
    clock.now += ELSEWHERE_SECONDS
    heard.claim = ProbeClaim(is_granted=True)

    await breaker.enter()

    assert (asked_at_once, len(heard.claims)) == (1, 2)


async def test_a_probe_that_failed_elsewhere_opens_it_here(
    breaker: Breaker, clock: Clock, heard: Heard
) -> None:
    fail(breaker)
    clock.now += 10
    heard.claim = ProbeClaim(is_granted=False, opening=Opening(20, 2))

    with pytest.raises(BreakerOpenError, match="asked again in 20 s"):
        await breaker.enter()

    assert breaker.state == "open"


async def test_a_probe_that_succeeded_elsewhere_closes_it_here(
    breaker: Breaker, clock: Clock, heard: Heard
) -> None:
    fail(breaker)
    clock.now += 10
    heard.claim = ProbeClaim(is_granted=False, is_closed=True)

    await breaker.enter()

    assert breaker.state == "closed"


def test_a_wrong_key_opens_it_too(breaker: Breaker) -> None:
    for _ in range(FAILURES_TO_OPEN):
        breaker.fail(WrongApiKeyError("m", "401"))

    assert breaker.state == "open"


def test_it_stays_open_for_as_long_as_the_upstream_asks(breaker: Breaker) -> None:
    for _ in range(FAILURES_TO_OPEN):
        breaker.fail(RateLimitedError("m", "429", 45.0))

    assert breaker.open_seconds == 45


@pytest.mark.parametrize(
    "error", [RequestRejectedError("m", "400"), BulkheadFullError("m", "full")]
)
def test_what_is_not_the_deployments_fault_does_not_open_it(breaker: Breaker, error) -> None:
    for _ in range(10):
        breaker.fail(error)

    assert breaker.state == "closed"


def test_news_of_others_open_and_close_it_without_telling_them_back(
    breaker: Breaker, heard: Heard
) -> None:
    breaker.hear_opened(Opening(20, 2))
    assert breaker.state == "open"

    breaker.hear_closed()

    assert breaker.state == "closed"
    assert heard.news == []


async def test_a_deployment_is_not_asked_while_its_breaker_is_open(breaker: Breaker) -> None:
    inner = ScriptedChatModel([[FAILED]] * FAILURES_TO_OPEN + [["Yes."]], name="m")
    model = BreakingChatModel(inner, breaker)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(UpstreamFailedError):
            await answer(model, ASKED)

    with pytest.raises(BreakerOpenError):
        await answer(model, ASKED)

    assert len(inner.requests) == FAILURES_TO_OPEN


async def test_a_good_probe_lets_calls_pass_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    clock.now += 11
    model = BreakingChatModel(ScriptedChatModel([["Yes."]], name="m"), breaker)

    assert await answer(model, ASKED) == "Yes."
    assert breaker.state == "closed"
