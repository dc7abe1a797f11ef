"""Headers that tell callers how they stand towards their rate limit.

Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.
"""

from services.errors import RateLimitedError
from services.rate_limits import WINDOW_SECONDS, Standing


def standing_headers(standing: Standing) -> dict[str, str]:
    """The limit of a caller whose request was admitted, and what is left of it."""
    return _headers(standing.kind, standing.limit, standing.remaining, standing.reset_seconds)


def refusal_headers(error: RateLimitedError) -> dict[str, str]:
    """The same for one whose request was not, and when to come again."""
    after = error.retry_after_seconds
    return {"Retry-After": str(after), **_headers(error.kind, error.limit, 0, after)}


def _headers(kind: str, limit: int, remaining: int, seconds: int) -> dict[str, str]:
    return {
        "RateLimit-Policy": f'"{kind}";q={limit};w={WINDOW_SECONDS}',
        "RateLimit": f'"{kind}";r={remaining};t={seconds}',
    }
