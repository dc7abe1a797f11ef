"""What can be set, typed or read is documented; links of the docs lead somewhere."""

import re
from pathlib import Path
from typing import get_args

import pytest

from ai.routing.deployment import Deployment, Limits, Price, Provider, Strategy
from ai.routing.registry import BUILT_IN_ALIASES
from bootstrap.settings import Settings

CHECKOUT = Path(__file__).parents[2]
DOCS = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
RELATIVE_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")

LINK_TO_PLACE = re.compile(r"\]\((?!https?://)([^)#\s]*)#([^)\s]+)\)")
GUIDES = sorted((CHECKOUT / "docs" / "guides").glob("*.md"))


def places_of(page: Path) -> set[str]:
    """What a link can name of a page: its headings, as forges write them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def setting_names() -> list[str]:
    return [str(f.validation_alias.choices[0]) for f in Settings.model_fields.values()]


@pytest.mark.parametrize("name", setting_names())
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `{name}` |" in (CHECKOUT / "docs" / "settings.md").read_text()


@pytest.mark.parametrize(
    "name",
    [
        *get_args(Provider),
        *get_args(Strategy),
        *sorted(BUILT_IN_ALIASES),
        *sorted(Deployment.model_fields.keys() - {"provider", "price", "limits"}),
        *(f".{name}" for name in (*Limits.model_fields, *Price.model_fields)),
    ],
)
def test_all_that_a_models_file_may_say_is_documented(name: str) -> None:
    words = re.findall(r"`([^`\n]+)`", (CHECKOUT / "docs" / "models.md").read_text())

    assert any(word == name or (name[0] == "." and word.endswith(name)) for word in words)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    targets = RELATIVE_LINK.findall(page.read_text())

    broken = [target for target in targets if not (page.parent / target).exists()]

    assert broken == []


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_place_within_a_page_that_a_guide_links_is_there(page: Path) -> None:
    links = LINK_TO_PLACE.findall(page.read_text())

    missing = [
        f"{target}#{place}"
        for target, place in links
        if place not in places_of(page.parent / target if target else page)
    ]

    assert missing == []


def test_every_decision_record_has_its_own_number() -> None:
    numbers = [path.name[:4] for path in (CHECKOUT / "docs" / "decisions").glob("0*.md")]

    assert sorted(numbers) == sorted(set(numbers))
