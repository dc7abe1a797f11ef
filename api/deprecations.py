"""Routes that will go: each declares since when, until when, and what to call instead.

The headers of their answers and the table in docs/api-versions.md are made of that.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar

from fastapi import APIRouter
from fastapi.routing import APIRoute

ATTRIBUTE = "__deprecation__"
NOTICE = timedelta(days=180)
"""A deprecated route works at least this long."""
POLICY = "/docs"
"""Where a person reads about it."""

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when a route is deprecated, the first day on which it may be gone, and what follows."""

    since: date
    sunset: date
    successor: str

    def __post_init__(self) -> None:
        if self.sunset - self.since < NOTICE:
            raise ValueError(f"the sunset must come at least {NOTICE.days} days after {self.since}")

    @property
    def headers(self) -> dict[str, str]:
        """What each answer says of it.

        Source: RFC 9745 (Deprecation, a structured date), RFC 8594 (Sunset), RFC 8288 (Link).
        """
        links = (f'<{POLICY}>; rel="deprecation"', f'<{self.successor}>; rel="successor-version"')
        return {
            "Deprecation": f"@{int(_midnight(self.since).timestamp())}",
            "Sunset": format_datetime(_midnight(self.sunset), usegmt=True),
            "Link": ", ".join(links),
        }


@dataclass(frozen=True, slots=True)
class DeprecatedRoute:
    """A route that will go, with one of its methods."""

    method: str
    path: str
    deprecation: Deprecation


def deprecated(*, since: date, sunset: date, successor: str) -> Callable[[Endpoint], Endpoint]:
    """Declares that a route will go; stands below the route's own decorator.

    Raises:
        ValueError: when there are less than 180 days between.
    """
    deprecation = Deprecation(since, sunset, successor)

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, ATTRIBUTE, deprecation)
        return endpoint

    return declare


def deprecation_of(endpoint: object) -> Deprecation | None:
    """What an endpoint declares."""
    deprecation: Deprecation | None = getattr(endpoint, ATTRIBUTE, None)
    return deprecation


def deprecated_routes(
    routers: Iterable[tuple[str, APIRouter]],
) -> Iterator[DeprecatedRoute]:
    """Each route that will go, given each router with what its paths begin with."""
    for prefix, router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                continue
            deprecation = deprecation_of(route.endpoint)
            if deprecation is not None:
                for method in sorted(route.methods or ()):
                    yield DeprecatedRoute(method, prefix + route.path_format, deprecation)


def deprecation_table(routes: Iterable[DeprecatedRoute]) -> str:
    """The table of docs/api-versions.md, in Markdown."""
    head = ["| route | deprecated | gone from | instead |", "|---|---|---|---|"]
    lines = [
        f"| `{route.method} {route.path}` | {found.since} | {found.sunset} | `{found.successor}` |"
        for route in routes
        for found in (route.deprecation,)
    ]
    return "\n".join((*head, *(lines or ["| none at present | | | |"])))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
