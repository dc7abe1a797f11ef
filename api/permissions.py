"""Who may call a route: each declares it, and the table in docs/security.md is made of that.

The services decide about people, with the data at hand; that they decide as declared here is shown
by a test that calls every route as everyone. The scopes of API keys are enforced from here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from fastapi import APIRouter
from fastapi.routing import APIRoute

from services.access import Permission
from services.api_keys import KeyScope

ATTRIBUTE = "__permission_rule__"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Who(StrEnum):
    """Which people a route is for, as the table words it."""

    ANYONE = "anyone"
    """Also who has not signed in; credentials are not looked at."""
    SIGNED_IN = "signed in"
    """Everybody with an account; a list holds what the caller may see and no more."""
    OWNER = "whose it is"
    """The one person a thing belongs to; for all others, admins too, it does not exist."""
    SELF = "oneself, admin"
    """The person that the address names, and admins."""
    AUTHOR = "teacher, admin"
    """Those who make courses."""
    ADMIN = "admin"
    COURSE = "in the course"
    """Those whose role in the course of the thing has the rule's permission, and admins."""
    COURSE_OR_REQUESTER = "in the course, or whose job it is"
    COURSE_OR_LEARNER = "in the course, or whose attempt it is"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route, and what an API key must be good for to do so."""

    who: Who
    scope: KeyScope | None = None
    """None: no API key opens it (or, for anyone, none is needed)."""
    permission: Permission | None = None
    """What one's role in the course must allow."""

    @property
    def needs_account(self) -> bool:
        """Whether nobody may call it who has not signed in."""
        return self.who is not Who.ANYONE


ANYONE = Rule(Who.ANYONE)
IN_PERSON = Rule(Who.SIGNED_IN)
"""Signed in, but not with an API key."""
OWN_IN_PERSON = Rule(Who.OWNER)
ADMIN = Rule(Who.ADMIN, KeyScope.ADMIN)
AUTHOR = Rule(Who.AUTHOR, KeyScope.WRITE)
CHATS = Rule(Who.SIGNED_IN, KeyScope.ASK)
OWN_CHAT = Rule(Who.OWNER, KeyScope.ASK)
READS = Rule(Who.SIGNED_IN, KeyScope.READ)
CHANGES_OWN = Rule(Who.SIGNED_IN, KeyScope.WRITE)
ASKS_COURSE = Rule(Who.COURSE, KeyScope.ASK, Permission.ASK)
READS_COURSE = Rule(Who.COURSE, KeyScope.READ, Permission.READ)
REVIEWS_COURSE = Rule(Who.COURSE, KeyScope.READ, Permission.REVIEW)
COMMENTS = Rule(Who.COURSE, KeyScope.WRITE, Permission.REVIEW)
EDITS_COURSE = Rule(Who.COURSE, KeyScope.WRITE, Permission.EDIT)
MANAGES_COURSE = Rule(Who.COURSE, KeyScope.WRITE, Permission.MANAGE)
LEARNS_IN_COURSE = Rule(Who.COURSE, KeyScope.WRITE, Permission.READ)
"""Does something of one's own in a course: attempts a quiz, reviews a card."""
READS_ATTEMPT = Rule(Who.COURSE_OR_LEARNER, KeyScope.READ, Permission.REVIEW)
OWN_ATTEMPT = Rule(Who.OWNER, KeyScope.WRITE)
REVIEWS_JOB = Rule(Who.COURSE_OR_REQUESTER, KeyScope.READ, Permission.REVIEW)
EDITS_JOB = Rule(Who.COURSE_OR_REQUESTER, KeyScope.WRITE, Permission.EDIT)


@dataclass(frozen=True, slots=True)
class DeclaredRoute:
    """A route with one of its methods, and its rule, if it declares one."""

    method: str
    path: str
    rule: Rule | None


def permits(rule: Rule) -> Callable[[Endpoint], Endpoint]:
    """Declares who may call a route; stands below the route's own decorator."""

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, ATTRIBUTE, rule)
        return endpoint

    return declare


def rule_of(endpoint: object) -> Rule | None:
    """What an endpoint declares."""
    rule: Rule | None = getattr(endpoint, ATTRIBUTE, None)
    return rule


def declared_routes(routers: Iterable[tuple[str, APIRouter]]) -> Iterator[DeclaredRoute]:
    """Every route of the documented interface, given each router with what its paths begin with."""
    for prefix, router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in sorted(route.methods or ()):
                    yield DeclaredRoute(method, prefix + route.path_format, rule_of(route.endpoint))


def permission_table(routes: Iterable[DeclaredRoute]) -> str:
    """The table of docs/security.md, in Markdown."""
    lines = [
        "| route | people | role in the course allows | scope of an API key |",
        "|---|---|---|---|",
    ]
    for route in routes:
        rule = route.rule or ANYONE
        permission = "" if rule.permission is None else f"`{rule.permission}`"
        no_scope = "no key" if rule.needs_account else "none needed"
        scope = no_scope if rule.scope is None else f"`{rule.scope}`"
        lines.append(f"| `{route.method} {route.path}` | {rule.who} | {permission} | {scope} |")
    return "\n".join(lines)
