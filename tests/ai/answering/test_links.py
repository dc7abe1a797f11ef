"""Links in answers lead to allowed hosts only, however they are written and cut."""

import random

import pytest

from ai.answering.links import LinkFilter, leads_away

HOSTS = ("openstax.org", "*.school.edu")


def filtered(text: str, pieces: int = 1) -> str:
    links = LinkFilter(HOSTS)
    size = -(-len(text) // pieces)
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join(map(links.feed, parts)) + links.close()


@pytest.mark.parametrize(
    ("written", "released"),
    [
        ("![w](https://evil.example/?q=1)", "w (hxxps://evil.example/?q=1)"),
        ("[Sign in](http://evil.example/a_(b)) now", "Sign in (hxxp://evil.example/a_(b)) now"),
        ("See https://evil.example/login.", "See hxxps://evil.example/login."),
        ("<https://evil.example>", "<hxxps://evil.example>"),
        ("HTTPS://EVIL.EXAMPLE/x", "hxxps://EVIL.EXAMPLE/x"),
        ("https:\\\\evil.example/x", "hxxps:\\\\evil.example/x"),
        ("at www.evil.example today", "at www[.]evil.example today"),
        ("[x](//evil.example/p)", "x (hxxps://evil.example/p)"),
        ("[x](\\\\evil.example)", "x (hxxps:\\\\evil.example)"),
        ("[x](javascript:alert(1))", "x (javascript:alert(1))"),
        ("[x](java&#115;cript:alert(1))", "x (javascript:alert(1))"),
        ("![x](data:image/png;base64,AAAA)", "x (data:image/png;base64,AAAA)"),
        ("[x](https&#58;//evil.example)", "x (hxxps://evil.example)"),
        ("[x](<https://evil.example/a b>)", "x (hxxps://evil.example/a b)"),
        ('[x](https://evil.example "a title")', "x (hxxps://evil.example)"),
        ("[x]: https://evil.example/d\n[x]", "x (hxxps://evil.example/d)\n[x]"),
        ('<img src="//evil.example/x">', '<img src="hxxps://evil.example/x">'),
        ("`curl https://evil.example`", "`curl hxxps://evil.example`"),
        ("https://openstax.org@evil.example/", "hxxps://openstax.org@evil.example/"),
        ("https://evil.openstax.org/", "hxxps://evil.openstax.org/"),
        ("https://openstax.org.evil.example/", "hxxps://openstax.org.evil.example/"),
        ("[x](https://openstax.org\\@evil.example)", "x (hxxps://openstax.org\\@evil.example)"),
        ("https://school.edu/", "hxxps://school.edu/"),
        ("ftp://openstax.org/f", "fxp://openstax.org/f"),
    ],
)
def test_an_address_of_another_host_becomes_text(written: str, released: str) -> None:
    assert filtered(written) == released
    assert leads_away(released) or "://" not in released


@pytest.mark.parametrize(
    "text",
    [
        "[Chapter 4](https://openstax.org/books/physics) and https://a.school.edu:8443/x",
        "[the lesson](/courses/physics/lessons/1#work) and [above](#work)",
        "Work is $W = F \\cdot s$ [1], values[2], `a[i](j)` and [1, 2].",
        "A [bracket] (and a remark), an exclamation! And [an open one",
        "| a | b |\n|---|---|\n| [x] | y |",
        "the http protocol, a wwwhat, h, ht and ftp",
    ],
)
def test_what_leads_nowhere_else_stays_as_it_is(text: str) -> None:
    assert filtered(text) == text
    assert not leads_away(text)


@pytest.mark.parametrize("pieces", [2, 3, 7, 20, 1000])
def test_it_makes_no_difference_how_the_text_is_cut(pieces: int) -> None:
    text = (
        "Read ![w](https://evil.example/?q=1) or [this](https://openstax.org/a) at"
        " https://evil.example/login [1]. Then <img src=//evil.example/x> www.evil.example\n"
        "[d]: //evil.example/d\nhttps://ok.school.edu. End [2]!"
    )

    assert filtered(text, pieces) == filtered(text)


def test_random_cuts_release_the_same() -> None:
    text = "a [b](https://evil.example) ![c](//evil.example/(d)) http://x.y [1] ![ [[ ]( www.z"
    whole = filtered(text)
    chance = random.Random(7)

    for _ in range(300):
        links, at, released = LinkFilter(HOSTS), 0, ""
        while at < len(text):
            step = chance.randint(1, 9)
            released += links.feed(text[at : at + step])
            at += step
        assert released + links.close() == whole


def test_prose_is_not_held_back() -> None:
    links = LinkFilter()

    assert links.feed("Work is force times displacement. ") == "Work is force times displacement. "
    assert links.feed("Its unit is") == "Its unit is"


def test_an_open_bracket_does_not_hold_a_long_answer_back() -> None:
    links = LinkFilter()
    released = "".join(links.feed("[ and so on, and so on ") for _ in range(100))

    assert len(released) > 1_500
