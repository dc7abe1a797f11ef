"""The browser's session: its cookie, and the defence against requests that other sites cause."""

import hmac

from starlette.requests import Request
from starlette.responses import Response

from services.accounts.sessions import BrowserSession, csrf_token
from services.errors import ForgedRequestError

PLAIN_NAME = "neuroshiksha_session"
SECURE_NAME = "__Host-neuroshiksha_session"
"""A browser takes it from this very host over HTTPS only. Source: RFC 6265bis, section 4.1.3.2."""
OIDC_NAME = "neuroshiksha_oidc"
OIDC_PATH = "/api/v1/auth/oidc"
OIDC_SECONDS = 600
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_COOKIE = 200


class SessionCookie:
    """The cookie that a browser's session is known by, as a request brings it.

    No script can read it, no other site's request carries it, and outside the embedded mode it
    goes over HTTPS only.

    Attributes:
        sent: What the browser sends; None where it sends none, or one that cannot be ours.
    """

    def __init__(self, request: Request, *, is_secure: bool) -> None:
        self._is_secure = is_secure
        self._name = SECURE_NAME if is_secure else PLAIN_NAME
        cookie = request.cookies.get(self._name)
        self.sent = cookie if cookie and len(cookie) <= LONGEST_COOKIE else None

    def write(self, response: Response, session: BrowserSession) -> None:
        """Gives the browser the cookie of a new session."""
        response.set_cookie(
            self._name,
            session.cookie,
            max_age=session.expires_in,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        """Has the browser forget the cookie."""
        response.delete_cookie(
            self._name, path="/", secure=self._is_secure, httponly=True, samesite="strict"
        )


class OidcCookie:
    """What a browser keeps while it is at a provider; encrypted, and for ten minutes.

    `SameSite=Lax`, as it has to come along when the provider leads the browser back.

    Attributes:
        sent: What the browser sends, or None.
    """

    def __init__(self, request: Request, *, is_secure: bool) -> None:
        self._is_secure = is_secure
        self.sent = request.cookies.get(OIDC_NAME)

    def write(self, response: Response, value: str) -> None:
        """Gives it to a browser that leaves."""
        response.set_cookie(
            OIDC_NAME,
            value,
            max_age=OIDC_SECONDS,
            path=OIDC_PATH,
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response) -> None:
        """Takes it from a browser that is back."""
        response.delete_cookie(
            OIDC_NAME, path=OIDC_PATH, secure=self._is_secure, httponly=True, samesite="lax"
        )


def require_own_page(request: Request, cookie: str) -> None:
    """Passes silently for what changes nothing, and for what carries the session's CSRF token.

    Raises:
        ForgedRequestError: for anything else, which another site may have caused.
    """
    if request.method in SAFE_METHODS:
        return
    sent = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), csrf_token(cookie).encode()):
        raise ForgedRequestError
