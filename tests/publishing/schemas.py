"""The standards' schema files, which lie beside the checkout where a machine has them."""

import os
from pathlib import Path

import pytest
from lxml import etree

_CHECKOUT = Path(__file__).resolve().parents[2]


def schema_folder() -> Path:
    """Where they are; the test is skipped where they are not."""
    named = os.environ.get("NEUROSHIKSHA_TEST_SCHEMAS")
    folder = Path(named) if named else _CHECKOUT.parent / "shared" / "schemas"
    if not folder.is_dir():
        pytest.skip(f"the standards' schemas are not at {folder}; see docs/exports.md")
    return folder


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(schema_folder() / name)))
