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


def test_every_operation_is_one_of_the_routes_that_declare_whom_they_are_for() -> None:
    document = json.loads(STORED.read_text())

    operations = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }

    assert operations == {(route.method, route.path) for route in declared_routes(PREFIXED_ROUTERS)}


def test_whatever_takes_a_body_says_that_it_may_be_too_large() -> None:
    document = json.loads(STORED.read_text())

    silent = [
        (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "requestBody" in operation and not {"413", "default"} & operation["responses"].keys()
    ]

    assert silent == []


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
