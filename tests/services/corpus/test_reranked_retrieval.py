"""Retrieval with a reranker: it orders what was found, and nothing is lost when it fails."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from bootstrap.adapters import Adapters
from bootstrap.services import Services, build_services
from connectors.remote_service import Endpoint
from connectors.reranking import HttpReranker
from services.evaluation import EvaluationQuestion, RelevantPart
from tests.support.material import Shelf
from tests.support.remote_services import RemoteServices, remote_services

pytestmark = pytest.mark.server

TOPICS = {
    "pendulum": "The period of a pendulum depends on its length, and on gravity.",
    "clock": "A tower keeps time by its pendulum.",
    "ohm": "The voltage across a resistor is the current times the resistance.",
}
QUESTION = "pendulum tower"


@pytest.fixture
def remote() -> Iterator[RemoteServices]:
    with remote_services() as services:
        yield services


@pytest.fixture
async def services(adapters: Adapters, remote: RemoteServices) -> AsyncIterator[Services]:
    reranker = HttpReranker(Endpoint("reranker", remote.base_url), seconds=2.0)
    yield build_services(replace(adapters, reranker=reranker))
    await reranker.close()


@pytest.fixture
async def stocked(shelf: Shelf) -> Shelf:
    shelf.write_records("topics.jsonl", TOPICS)
    await shelf.ingest()
    return shelf


async def keys(shelf: Shelf, *, k: int = 8) -> list[str]:
    found = await shelf.services.retrieval.search(shelf.teacher.actor, shelf.slug, QUESTION, k=k)
    return [passage.document_key for passage in found.passages]


async def test_the_reranker_has_the_last_word_on_the_order(
    stocked: Shelf, remote: RemoteServices
) -> None:
    best = await keys(stocked, k=1)

    [request] = remote.requests
    assert best == ["clock"]
    assert request.body["query"] == QUESTION
    assert set(request.body["documents"]) == set(TOPICS.values())


async def test_a_reranker_that_fails_costs_neither_passages_nor_their_order(
    stocked: Shelf, remote: RemoteServices, adapters: Adapters
) -> None:
    remote.always = "server_error"
    plain = replace(stocked, services=build_services(adapters))

    with_failing = await keys(stocked)
    in_the_pause = await keys(stocked)

    assert with_failing == in_the_pause == await keys(plain)
    assert len(remote.requests) == 1


async def test_an_arm_measured_alone_is_not_reranked(
    stocked: Shelf, remote: RemoteServices
) -> None:
    question = EvaluationQuestion(
        id="1", question=QUESTION, relevant=(RelevantPart(document="clock"),)
    )
    evaluation, actor = stocked.services.evaluation, stocked.teacher.actor
    await evaluation.evaluate_retrieval(actor, stocked.slug, [question])
    asked = len(remote.requests)

    await evaluation.evaluate_retrieval(actor, stocked.slug, [question], arm="dense")

    assert len(remote.requests) == asked + 1  # the warm-up question, which is a plain one
