"""Sends requests for chat completions with what the openai client knows, prepared once.

Decision record 0004 says why the client does not send them itself.
"""

import httpx2
import openai

# A compressed stream would arrive in lumps, and would have to be unpacked token by token.
_STREAMED = {"Accept-Encoding": "identity"}
_OK = 200
_PATH = "chat/completions"


class CompletionRequests:
    """Posts to one upstream, over the connections of its openai client.

    The client makes address, headers and errors; it would make them anew for each answer, which
    costs more than sending it does.
    """

    def __init__(self, client: openai.AsyncOpenAI, *, sends_authorization: bool = True) -> None:
        """Binds to a client, which stays its owner's to close.

        Args:
            client: Whose address, key, headers, proxies and connections are used.
            sends_authorization: Whether the key goes into the `Authorization` header.
        """
        self._http: httpx2.AsyncClient = client._client  # noqa: SLF001 - there is no public name
        headers = {**client.default_headers, **_STREAMED}
        if sends_authorization:
            headers.update(client.auth_headers)
        self._prepared = self._http.build_request(
            "POST",
            str(client.base_url.join(_PATH)),
            params={name: str(value) for name, value in client.default_query.items()} or None,
            headers={name: value for name, value in headers.items() if isinstance(value, str)},
            content=b"",
        )
        del self._prepared.headers["Content-Length"]

    async def open(self, body: bytes) -> httpx2.Response:
        """Sends a JSON body and gives the response, unread; who asks closes it.

        Raises:
            openai.APIStatusError: The upstream answered anything but 200.
            httpx2.HTTPError: It could not be reached, or broke off.
        """
        request = httpx2.Request(
            "POST",
            self._prepared.url,
            headers=self._prepared.headers,
            content=body,
            extensions=self._prepared.extensions,
        )
        response = await self._http.send(request, stream=True)
        if response.status_code != _OK:
            try:
                await response.aread()
            finally:
                await response.aclose()
            raise _status_error(response)
        return response


def _status_error(response: httpx2.Response) -> openai.APIStatusError:
    """The client's error, with what the body says of the reason."""
    try:
        body = response.json()
    except ValueError:
        body = response.text.strip()
    reason = body.get("error", body) if isinstance(body, dict) else body
    message = f"Error code: {response.status_code} - {reason or response.reason_phrase}"
    return openai.APIStatusError(message, response=response, body=reason)
