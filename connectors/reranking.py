"""The reranker behind a `/rerank` API, as Cohere, Jina and vLLM have it."""

from collections.abc import Sequence

import orjson

from ai.retrieval.reranking import RerankingError
from connectors.errors import ServiceCallError
from connectors.http import RetryPolicy
from connectors.remote_service import Endpoint, Patience, RemoteService

CALLS_AT_ONCE = 16
ANSWER_BYTES = 8 * 1024 * 1024
"""Some services repeat the documents in their answer."""


class HttpReranker:
    """``Reranker`` over HTTP; asked once, as the question waits. Who opens it closes it."""

    def __init__(self, endpoint: Endpoint, *, seconds: float) -> None:
        patience = Patience(seconds, RetryPolicy(attempts=1), connect_seconds=seconds)
        self._service = RemoteService(endpoint, patience, calls_at_once=CALLS_AT_ONCE)

    async def order(self, question: str, passages: Sequence[str]) -> list[int]:
        """Places of `passages`, best first.

        Raises:
            RerankingError: the service is away, busy, slow, refuses, or ranks what it was not sent.

        Source: Jina and Cohere API references, "Rerank".
        """
        body = {"query": question, "documents": list(passages), "top_n": len(passages)}
        try:
            answer = await self._service.post("rerank", body, limit_bytes=ANSWER_BYTES)
        except ServiceCallError as error:
            raise RerankingError(str(error)) from error
        return _places(answer, len(passages))

    async def close(self) -> None:
        """Closes the connections."""
        await self._service.close()


def _places(answer: bytes, count: int) -> list[int]:
    try:
        scores = {
            int(result["index"]): float(result["relevance_score"])
            for result in orjson.loads(answer)["results"]
        }
    except (KeyError, TypeError, ValueError) as error:
        raise RerankingError("The reranker does not answer as a rerank API does.") from error
    if not scores.keys() <= set(range(count)):
        raise RerankingError("The reranker ranks passages that it was not sent.")
    return sorted(scores, key=lambda place: -scores[place])
