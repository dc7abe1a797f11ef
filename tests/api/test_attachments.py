"""What saved files are called, and the format that a caller prefers."""

import pytest

from api.attachments import attachment, preferred

MEDIA_TYPES = {"json": "application/json", "md": "text/markdown", "pdf": "application/pdf"}


@pytest.mark.parametrize(
    ("title", "disposition"),
    [
        ("What is work?", 'attachment; filename="What is work.md"'),
        ('a"b\\c/../d\r\nX: y', 'attachment; filename="a b c .. d X y.md"'),
        ("...", 'attachment; filename="conversation.md"'),
        (
            "Été",
            "attachment; filename=\"Ete.md\"; filename*=UTF-8''%C3%89t%C3%A9.md",
        ),
        (
            "काम",
            "attachment; filename=\"conversation.md\"; filename*=UTF-8''"
            "%E0%A4%95%E0%A4%BE%E0%A4%AE.md",
        ),
        ("x" * 300, f'attachment; filename="{"x" * 80}.md"'),
        ("evil\u202egpj", 'attachment; filename="evil gpj.md"'),
    ],
)
def test_a_file_is_called_by_its_title_without_traps(title: str, disposition: str) -> None:
    headers = attachment(title, "md", otherwise="conversation")

    assert headers["Content-Disposition"] == disposition


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("application/pdf", "pdf"),
        ("text/markdown;q=0.5, application/pdf", "pdf"),
        ("application/pdf;q=0, text/markdown;q=0.1", "md"),
        ("text/html,*/*;q=0.8", None),
        ("", None),
        (";;;,q=", None),
    ],
)
def test_the_best_ranked_known_media_type_is_preferred(accept: str, name: str | None) -> None:
    assert preferred(accept, MEDIA_TYPES) == name
