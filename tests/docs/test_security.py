"""The permission table of docs/security.md is the one that the routes declare."""

import re
from pathlib import Path

from api.app import PREFIXED_ROUTERS
from api.permissions import declared_routes, permission_table
from services.access import PERMISSIONS, Permission

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
SECTION = re.compile(r"<!-- permissions: begin -->\n(.*?)\n?<!-- permissions: end -->", re.DOTALL)


def test_every_route_declares_who_may_call_it() -> None:
    silent = [route for route in declared_routes(PREFIXED_ROUTERS) if route.rule is None]

    assert silent == [], "add @permits(...) below the route's decorator"


def test_the_table_is_what_the_routes_declare() -> None:
    declared = permission_table(declared_routes(PREFIXED_ROUTERS))

    written = SECTION.search(PAGE.read_text())

    assert written is not None
    assert written[1].splitlines() == declared.splitlines(), (
        f"put this between the marks in docs/security.md:\n{declared}"
    )


def test_roles_in_the_course_allow_what_the_page_says() -> None:
    rows = re.findall(
        r"^\| (learner|assistant|teacher|owner)[^|]*\|(.*)\|$", PAGE.read_text(), re.M
    )

    written = {
        role: {
            permission
            for permission, cell in zip(Permission, cells.split("|"), strict=True)
            if cell.strip()
        }
        for role, cells in rows
    }

    assert written == PERMISSIONS
