"""The remote reranker: what it sends, and that it fails in one way."""

from collections.abc import AsyncIterator

import pytest

from ai.retrieval.reranking import RerankingError
from connectors.remote_service import Endpoint
from connectors.reranking import HttpReranker
from tests.support.remote_services import Fault, RemoteServices

PASSAGES = ["Heat is energy.", "The unit of work is the joule.", "Work is force times distance."]


@pytest.fixture
async def reranker(remote: RemoteServices) -> AsyncIterator[HttpReranker]:
    opened = HttpReranker(Endpoint("reranker", remote.base_url, "key", "ranker"), seconds=2.0)
    yield opened
    await opened.close()


async def test_places_come_best_first(remote: RemoteServices, reranker: HttpReranker) -> None:
    order = await reranker.order("What is the unit of work?", PASSAGES)

    assert order == [1, 2, 0]
    [request] = remote.requests
    assert request.path == "/v1/rerank"
    assert request.headers["authorization"] == "Bearer key"
    assert request.body == {
        "model": "ranker",
        "query": "What is the unit of work?",
        "documents": PASSAGES,
        "top_n": 3,
    }


@pytest.mark.parametrize(
    "fault",
    [
        "rate_limited",
        "server_error",
        "wrong_key",
        "hang",
        "cut_off",
        "not_json",
        "wrong_json",
        "unknown_index",
        "too_much",
    ],
)
async def test_every_failure_is_one_error_after_one_request(
    remote: RemoteServices, reranker: HttpReranker, fault: Fault
) -> None:
    remote.always = fault

    with pytest.raises(RerankingError):
        await reranker.order("What is work?", PASSAGES)

    assert len(remote.requests) == 1
