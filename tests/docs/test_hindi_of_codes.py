"""What the server says is shown in Hindi by its code, for every code that people meet."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
WORDS = CHECKOUT / "web" / "src" / "words" / "hindiByCode.ts"
PAGES = ("docs/guides/troubleshooting.md", "docs/generation.md")
PACKAGES = ("ai", "api", "ingestion", "pedagogy", "publishing", "services", "storage")

FOR_OPERATORS = {
    "debugging_off",
    "embeddings_misconfigured",
    "embeddings_timed_out",
    "embeddings_unavailable",
    *(
        f"chat_model_{what}"
        for what in (
            *("upstream_failed", "unavailable", "timed_out", "rate_limited", "wrong_api_key"),
            *("unknown", "misconfigured", "malformed_response", "empty_answer"),
            *("breaker_open", "bulkhead_full"),
        )
    ),
    "chat_request_rejected",
}
"""Read by those who run the service, in the log or under *Admin*; in English like these."""


def codes_in_hindi() -> set[str]:
    """The codes that the page has Hindi words for."""
    return set(re.findall(r"^  ([a-z_]+):", WORDS.read_text(), re.MULTILINE))


def documented_codes() -> set[str]:
    """The codes that the tables of the documentation explain."""
    rows = [
        row.split("|")[1]
        for page in PAGES
        for row in (CHECKOUT / page).read_text().splitlines()
        if row.startswith("| `")
    ]
    return {code for row in rows for code in re.findall(r"`([a-z]+(?:_[a-z]+)*)`", row)}


def test_every_documented_code_has_hindi_words_or_is_for_operators() -> None:
    documented = {code for code in documented_codes() if "_" in code}

    assert len(documented) > 40
    assert documented - codes_in_hindi() - FOR_OPERATORS == set()
    assert FOR_OPERATORS & codes_in_hindi() == set()


def test_every_code_with_hindi_words_is_sent() -> None:
    source = "\n".join(
        path.read_text() for package in PACKAGES for path in (CHECKOUT / package).rglob("*.py")
    )
    errors = re.findall(r"^class (\w+)Error\(", source, re.MULTILINE)
    of_publishing = {re.sub(r"(?<!^)(?=[A-Z])", "_", error).lower() for error in errors}

    unsent = {code for code in codes_in_hindi() if f'"{code}"' not in source}

    assert unsent - of_publishing == set()
