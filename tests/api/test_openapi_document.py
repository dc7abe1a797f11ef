"""A15, first form: the document the page's client is generated from is this version's own."""

import json
from pathlib import Path

from api.app import create_app
from bootstrap.settings import Settings

STORED = Path(__file__).parents[2] / "web" / "openapi.json"


def test_stored_document_is_the_one_the_service_gives() -> None:
    document = create_app(settings=Settings(environment="embedded")).openapi()

    stored = json.loads(STORED.read_text())

    assert stored == json.loads(json.dumps(document)), (
        "the interface changed: run `./neuroshiksha openapi > web/openapi.json`"
    )
