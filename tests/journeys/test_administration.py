"""J3: an administrator's way through models, prompts and the audit log, in a real browser."""

import csv
from pathlib import Path
from uuid import uuid4

import pytest

from tests.journeys.conftest import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]


def sign_in_as_administrator(page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Administrator", exact=True).click()
    page.get_by_role("heading", name="Courses").wait_for()
    page.get_by_role("link", name="Admin", exact=True).click()
    page.get_by_role("heading", name="System health").wait_for()


def add_deployments(stack: Stack, token: str, *names: str) -> None:
    """Defines deployments that are switched off, so that none of them is ever asked."""
    for name in names:
        definition = {
            "name": name,
            "provider": "openai_compatible",
            "base_url": "http://127.0.0.1:9/v1",
            "wire_model": name,
            "is_enabled": False,
        }
        stack.send("POST", "/api/v1/admin/models", token, definition)


def test_administrator_switches_an_alias_and_reads_of_it_in_the_audit_log(
    page, stack: Stack
) -> None:
    token = stack.token("admin@demo.local")
    alias, old, new = (f"{kind}-{uuid4().hex[:8]}" for kind in ("alias", "old", "new"))
    add_deployments(stack, token, old, new)
    standing = {"deployments": [old], "strategy": "in_order"}
    stack.send("PUT", f"/api/v1/admin/models/aliases/{alias}", token, standing)
    sign_in_as_administrator(page)

    page.get_by_role("link", name="Models").click()
    page.get_by_role("button", name=f"Switch {alias}").click()
    form = page.locator("form.alias-form")
    form.get_by_label(old).uncheck()
    form.get_by_label(new).check()
    form.get_by_role("button", name="Use these").click()
    page.get_by_text(f"“{alias}” is switched.").wait_for()
    registry = stack.get("/api/v1/admin/models", token)
    page.get_by_role("link", name="Audit").click()
    page.get_by_label("Act", exact=True).fill("model_alias")
    page.get_by_label("E-mail or network address").fill("admin@demo.local")
    page.get_by_role("button", name="Search").click()
    newest = page.locator("tbody tr", has_text=new).first
    newest.wait_for()
    with page.expect_download() as export:
        page.get_by_role("button", name="Export as CSV").click()

    (switched,) = [found for found in registry["aliases"] if found["name"] == alias]
    lines = list(csv.DictReader(Path(export.value.path()).read_text().splitlines()))
    assert switched["deployments"] == [new]
    assert "model_alias.change" in newest.inner_text()
    assert any(new in str(line) for line in lines)
    assert {line["action"].split(".")[0] for line in lines} == {"model_alias"}


def test_administrator_writes_a_prompt_puts_it_in_use_and_rolls_back(page, stack: Stack) -> None:
    token = stack.token("admin@demo.local")
    path = "/api/v1/admin/prompts/output.repair"
    before = stack.get(path, token)["weights"]
    sign_in_as_administrator(page)
    page.get_by_role("link", name="Prompts").click()
    page.get_by_role("link", name="output.repair").click()

    page.get_by_label("What it makes the model do").fill("Asks in a friendlier way.")
    page.reload()
    kept = page.get_by_label("What it makes the model do").input_value()
    page.get_by_role("button", name="Preview", exact=True).click()
    page.get_by_role("heading", name="What the model is told").wait_for()
    page.get_by_role("button", name="Save as a new version").click()
    page.locator("summary", has_text="friendlier").click()
    page.get_by_role("button", name="Put in use").click()
    page.get_by_text("is in use.").wait_for()
    used = stack.get(path, token)["weights"]
    page.get_by_role("button", name="Roll back").click()
    page.get_by_text("is in use again.").wait_for()

    assert kept == "Asks in a friendlier way."
    assert used != before
    assert stack.get(path, token)["weights"] == before


def test_invited_person_is_shown_once_with_a_link_and_can_be_uninvited(page) -> None:
    sign_in_as_administrator(page)
    email = f"{uuid4().hex}@school.edu"
    page.get_by_role("link", name="Users").click()

    page.get_by_label("Their e-mail").fill(email)
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.locator(".made code").inner_text()
    page.get_by_role("button", name=f"Revoke the invitation of {email}").click()
    page.locator("li", has_text=email).wait_for(state="detached")

    assert "/register#" in link


def test_others_find_nothing_at_the_administration(page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Teacher", exact=True).click()
    page.get_by_role("heading", name="Courses").wait_for()

    page.goto("/admin/audit")

    page.get_by_role("heading", name="There is nothing here").wait_for()
    assert page.get_by_role("link", name="Admin", exact=True).count() == 0
