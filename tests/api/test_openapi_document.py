"""A15, first form: the document the page's client is generated from is this version's own."""

import json
from pathlib import Path

from api.app import PREFIXED_ROUTERS, create_app
from api.permissions import declared_routes
from bootstrap.settings import Settings

STORED = Path(__file__).parents[2] / "web" / "openapi.json"


def test_stored_document_is_the_one_the_service_gives() -> None:
    document = create_app(settings=Settings(environment="embedded")).openapi()

    stored = json.loads(STORED.read_text())

    assert stored == json.loads(json.dumps(document)), (
        "the interface changed: run `./neuroshiksha openapi > web/openapi.json`"
    )


def test_every_route_for_people_names_both_ways_of_signing_in() -> None:
    document = json.loads(STORED.read_text())

    ways = {
        (route.method, tuple(sorted(name for one in security for name in one)))
        for route in declared_routes(PREFIXED_ROUTERS)
        if route.rule is not None and route.rule.needs_account
        for security in [document["paths"][route.path][route.method.lower()]["security"]]
    }

    assert {names for method, names in ways if method == "GET"} == {
        ("OAuth2PasswordBearer", "SessionCookie")
    }
    assert {names for method, names in ways if method != "GET"} == {
        ("CsrfToken", "OAuth2PasswordBearer", "SessionCookie")
    }
    schemes = document["components"]["securitySchemes"]
    assert schemes["SessionCookie"]["name"] == "neuroshiksha_session"
    assert schemes["CsrfToken"]["name"] == "X-CSRF-Token"
