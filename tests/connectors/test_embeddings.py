"""The remote encoder: what it sends, what it accepts, and what it says when a service fails."""

import asyncio
import threading

import numpy as np
import pytest

from ai.embedding.embedder import PassageInput
from ai.embedding.errors import (
    EmbeddingsMisconfiguredError,
    EmbeddingsTimedOutError,
    EmbeddingsUnavailableError,
)
from connectors.embeddings import CALLS_AT_ONCE, TEXTS_PER_CALL
from connectors.tracing import REQUEST_ID
from tests.support.embedders import remote_embedder
from tests.support.remote_services import Fault, RemoteServices


class Pauses:
    """Goes on at once, and remembers for how long it should have paused."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def received(remote: RemoteServices, count: int) -> None:
    """Waits until the server has that many requests."""
    while len(remote.requests) < count:  # noqa: ASYNC110 - it is another thread that counts
        await asyncio.sleep(0.01)


async def test_the_id_names_provider_model_and_dimension(remote: RemoteServices) -> None:
    with remote_embedder(remote) as embedder:
        host = remote.base_url.removeprefix("http://").removesuffix("/v1")

        assert embedder.id == f"{host}/words/48"


async def test_model_and_key_are_sent_with_the_request_they_serve(remote: RemoteServices) -> None:
    token = REQUEST_ID.set("request-0001")
    with remote_embedder(remote, key="a secret") as embedder:
        await embedder.embed_query("What is work?")
    REQUEST_ID.reset(token)

    [request] = remote.requests
    assert request.path == "/v1/embeddings"
    assert request.body == {"model": "words", "input": ["What is work?"]}
    assert request.headers["authorization"] == "Bearer a secret"
    assert request.headers["x-request-id"] == "request-0001"


def test_a_passage_and_its_sentences_are_sent_once_each(remote: RemoteServices) -> None:
    text = "Work is force times distance. Power is its rate."
    passages = [
        PassageInput("Physics\n\n" + text, len("Physics\n\n"), ((0, 29), (30, 48))),
        PassageInput("Power is its rate.", 0, ((0, 18),)),
    ]
    with remote_embedder(remote) as embedder:
        embedder.encode_passages(passages)

    assert remote.texts() == [
        ["Physics\n\n" + text, "Work is force times distance.", "Power is its rate."]
    ]


def test_many_passages_are_sent_in_bounded_calls_and_come_back_in_order(
    remote: RemoteServices,
) -> None:
    texts = [f"number {number}" for number in range(3 * TEXTS_PER_CALL + 1)]
    with remote_embedder(remote) as embedder:
        together = embedder.encode_passages([PassageInput(text) for text in texts])
        [last] = embedder.encode_passages([PassageInput(texts[-1])])

    assert sorted(map(len, remote.texts()[:-1])) == [1, *[TEXTS_PER_CALL] * 3]
    np.testing.assert_allclose(together[-1].vector, last.vector, atol=1e-6)


async def test_questions_that_wait_share_calls_of_which_few_run_at_once(
    remote: RemoteServices,
) -> None:
    remote.held = True
    waiting: list[asyncio.Task[np.ndarray]] = []
    with remote_embedder(remote) as embedder:
        for number in range(CALLS_AT_ONCE):
            waiting.append(asyncio.create_task(embedder.embed_query(f"first {number}")))
            await received(remote, number + 1)
        waiting += [asyncio.create_task(embedder.embed_query(f"later {n}")) for n in range(40)]
        await asyncio.sleep(0)
        remote.let_go.set()
        vectors = await asyncio.gather(*waiting)

    assert remote.most_at_once == CALLS_AT_ONCE
    assert len(remote.requests) <= 2 * CALLS_AT_ONCE
    assert len({vector.tobytes() for vector in vectors}) > 20


def test_it_may_be_used_from_several_threads(remote: RemoteServices) -> None:
    found: list[int] = []

    def encode() -> None:
        found.append(len(embedder.encode_passages([PassageInput("mass"), PassageInput("work")])))

    with remote_embedder(remote) as embedder:
        threads = [threading.Thread(target=encode) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == [2] * 4


@pytest.mark.parametrize("fault", ["rate_limited", "server_error", "cut_off"])
async def test_a_failure_of_a_moment_is_tried_again(remote: RemoteServices, fault: Fault) -> None:
    remote.faults.extend([fault, fault])
    with remote_embedder(remote) as embedder:
        vector = await embedder.embed_query("What is work?")

    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-6)
    assert len(remote.requests) == 3


async def test_a_busy_service_is_left_alone_as_long_as_it_asks(remote: RemoteServices) -> None:
    remote.faults.append("rate_limited")
    remote.retry_after = "7"
    pauses = Pauses()
    with remote_embedder(remote, pause=pauses) as embedder:
        await embedder.embed_query("What is work?")

    assert pauses.seconds == [7.0]


async def test_a_service_that_stays_busy_says_when_to_come_again(remote: RemoteServices) -> None:
    remote.always = "rate_limited"
    remote.retry_after = "9"
    with (
        remote_embedder(remote) as embedder,
        pytest.raises(EmbeddingsUnavailableError, match="doctor") as raised,
    ):
        await embedder.embed_query("What is work?")

    assert raised.value.retry_after_seconds == 9


async def test_a_service_that_is_not_there_is_unavailable(remote: RemoteServices) -> None:
    remote.base_url = "http://127.0.0.1:9/v1"
    with (
        remote_embedder(remote) as embedder,
        pytest.raises(EmbeddingsUnavailableError, match="could not be reached"),
    ):
        await embedder.embed_query("What is work?")


async def test_a_silent_service_times_out_and_is_not_asked_twice(remote: RemoteServices) -> None:
    remote.always = "hang"
    with remote_embedder(remote, seconds=0.3) as embedder:
        with pytest.raises(EmbeddingsTimedOutError, match=r"0\.3 seconds"):
            await embedder.embed_query("What is work?")
        with pytest.raises(EmbeddingsTimedOutError):
            await asyncio.to_thread(embedder.encode_passages, [PassageInput("mass")])

    assert len(remote.requests) == 2


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("wrong_key", "does not accept the key"),
        ("bad_request", r"refuses the request \(400: .*on order"),
        ("not_json", "OpenAI protocol"),
        ("wrong_json", "OpenAI protocol"),
        ("wrong_dimension", "24 components, 48 are set"),
        ("too_few", "0 vectors for 1 texts"),
        ("zero_vector", "no direction"),
        ("too_much", "sent more than"),
    ],
)
async def test_what_no_wait_will_mend_is_told_at_once(
    remote: RemoteServices, fault: Fault, told: str
) -> None:
    remote.faults.append(fault)
    with remote_embedder(remote, key="a secret") as embedder:
        with pytest.raises(EmbeddingsMisconfiguredError, match=told) as raised:
            await embedder.embed_query("What is work?")
        after = await embedder.embed_query("What is work?")

    assert after.shape == (48,)
    assert len(remote.requests) == 2
    assert "a secret" not in str(raised.value)


def test_one_failing_call_of_many_passages_is_the_error_of_all(remote: RemoteServices) -> None:
    remote.always = "wrong_dimension"
    passages = [PassageInput(f"number {number}") for number in range(3 * TEXTS_PER_CALL)]
    with remote_embedder(remote) as embedder, pytest.raises(EmbeddingsMisconfiguredError):
        embedder.encode_passages(passages)


def test_closing_ends_its_thread_and_may_be_repeated(remote: RemoteServices) -> None:
    before = threading.active_count()
    with remote_embedder(remote) as embedder:
        embedder.encode_passages([PassageInput("mass")])
        embedder.close()

    assert "remote-embeddings" not in {thread.name for thread in threading.enumerate()}
    assert threading.active_count() <= before + 2  # of the server, its connections
