"""Links in answers: those to hosts that are not allowed become text which leads nowhere."""

import html
import re
from collections.abc import Collection
from urllib.parse import urlsplit

_LONGEST_LABEL = 300
_LONGEST_ADDRESS = 2_000
_TARGET = r"(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)"
_LINK = re.compile(
    rf"(?P<image>!?)\[(?P<label>[^\[\]\n]{{0,{_LONGEST_LABEL}}})\]"
    rf"(?:\([ \t]*(?P<target>{_TARGET})(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*\)"
    rf"|:[ \t]*(?P<defined>{_TARGET})(?=\s|\Z))"
)
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<scheme>https?|ftp|wss?)(?P<slashes>:[/\\]{2})"
    r"|(?P<www>www)\.)(?P<host>[^\s/\\?#<>\"'`)\]}|]*)",
    re.IGNORECASE,
)
_TAG_TARGET = re.compile(r"(?P<before>\b(?:src|href)\s*=\s*[\"']?)(?P<slashes>[/\\]{2})", re.I)
_MAY_BEGIN_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9])(?:h(?:t(?:t(?:p(?:s)?)?)?)?|f(?:t(?:p)?)?|w(?:s(?:s)?|w(?:w)?)?)"
    r"(?::[/\\]{0,2})?\Z",
    re.IGNORECASE,
)
_MAY_BEGIN_LINK = re.compile(
    rf"!?\[[^\[\]\n]{{0,{_LONGEST_LABEL}}}(?:\](?:\([^()\n]{{0,{_LONGEST_ADDRESS}}}"
    rf"(?:\([^()\n]*\)?[^()\n]*)*|:[ \t]*[^\s]{{0,{_LONGEST_ADDRESS}}})?)?\Z|!\Z"
)
_MAY_BEGIN_TAG = re.compile(
    r"\b(?:s(?:r(?:c)?)?|h(?:r(?:e(?:f)?)?)?|(?:src|href)\s*(?:=\s*[\"']?[/\\]?)?)\Z",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"[\[!:=]|[wW]\.")
_LAST_CHARACTERS = frozenset("cefhprstwCEFHPRSTW")
"""Of what may go on to an address: h, ht, htt, http, https, ws, www, ftp, src, href."""
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_UNSEEN = re.compile(r"[\x00-\x20\x7f]")
_LEADS_AWAY = re.compile(r"\bhxxps?://|\bfxp://|\bwxs?s://|\bwww\[\.\]", re.IGNORECASE)
_INERT = {"http": "hxxp", "https": "hxxps", "ftp": "fxp", "ws": "wxs", "wss": "wxss"}
"""As security people write addresses that nobody is to follow by mistake."""


def leads_away(text: str) -> bool:
    """Whether a released text names an address of a host that is not allowed."""
    return _LEADS_AWAY.search(text) is not None


class LinkFilter:
    """Passes an answer through, with links and pictures of other hosts as text.

    `[here](https://other.host/x)` becomes `here (hxxps://other.host/x)`, a picture likewise, so
    that no program that shows the answer loads or follows it. Addresses of the service itself,
    which name no host, and of the allowed hosts stay. What may still become a link is held back,
    nothing else; how the text is cut into deltas makes no difference.
    """

    def __init__(self, allowed_hosts: Collection[str] = ()) -> None:
        """Takes the hosts, such as `openstax.org`, or `*.school.edu` for all below that one."""
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._held = ""
        self._before = ""

    def feed(self, delta: str) -> str:
        """Takes the next piece of the answer and gives what can be released."""
        if not self._held and delta and not _is_of_interest(delta):
            self._before = delta[-1]
            return delta
        text = self._held + delta
        cut = max(_decided(self._before + text) - len(self._before), 0)
        self._held = text[cut:]
        return self._released(text[:cut])

    def close(self) -> str:
        """Gives what was held back; the answer ends here."""
        held, self._held = self._held, ""
        return self._released(held)

    def allows(self, address: str) -> bool:
        """Whether a link may lead there: to an allowed host, or to a place of the service."""
        written = html.unescape(address).strip().strip("<>").strip()
        # Markdown drops a backslash before punctuation, browsers take one for a slash.
        readings = {_ESCAPE.sub(r"\1", written), written.replace("\\", "/")}
        return all(map(self._allows_plain, readings))

    def _allows_plain(self, address: str) -> bool:
        plain = _UNSEEN.sub("", address.replace("\\", "/"))
        if plain.startswith("//"):
            plain = f"https:{plain}"
        try:
            parts = urlsplit(plain)
        except ValueError:
            return False
        if not parts.scheme:
            return True
        return parts.scheme in {"http", "https"} and self._allows_host(parts.hostname or "")

    def _allows_host(self, host: str) -> bool:
        host = host.lower().rstrip(".")
        above = host.partition(".")[2]
        while above:
            if f"*.{above}" in self._allowed:
                return True
            above = above.partition(".")[2]
        return host in self._allowed

    def _released(self, text: str) -> str:
        """The text made inert; what came before tells whether an address begins in it."""
        if not text:
            return text
        before, self._before = self._before, text[-1]
        return self._inert(before + text)[len(before) :]

    def _inert(self, text: str) -> str:
        text = _LINK.sub(self._link_as_text, text)
        text = _TAG_TARGET.sub(r"\g<before>hxxps:\g<slashes>", text)
        return _ADDRESS.sub(self._address_as_text, text)

    def _link_as_text(self, link: re.Match[str]) -> str:
        target = link["target"] if link["target"] is not None else link["defined"]
        if self.allows(target):
            return link[0]
        plain = html.unescape(target).strip("<>")
        scheme = "hxxps:" if plain.startswith(("//", "\\\\")) else ""
        return f"{link['label']} ({scheme}{plain})".lstrip()

    def _address_as_text(self, address: re.Match[str]) -> str:
        host = address["host"].rpartition("@")[2].partition(":")[0]
        if address.string[address.end() : address.end() + 1] == "\\":
            host = ""  # Markdown may read on: another host may follow
        if address["www"]:
            return address[0] if self._allows_host(f"www.{host}") else f"www[.]{address['host']}"
        if address["scheme"].lower() in {"http", "https"} and self._allows_host(host):
            return address[0]
        return f"{_INERT[address['scheme'].lower()]}{address['slashes']}{address['host']}"


def _is_of_interest(delta: str) -> bool:
    """Whether a piece that nothing was held before may hold, or begin, a link; most do not."""
    return delta[-1] in _LAST_CHARACTERS or _SPECIAL.search(delta) is not None


def _decided(text: str) -> int:
    """Where what may still become a link, or more of one, begins; the length where nothing may."""
    undecided = len(text)
    for pattern in (_MAY_BEGIN_ADDRESS, _MAY_BEGIN_LINK, _MAY_BEGIN_TAG):
        if (found := pattern.search(text)) is not None:
            undecided = min(undecided, found.start())
    for found in _ADDRESS.finditer(text):
        # Its host may go on; a program could take what was released for another host.
        if found.end() == len(text) and len(found[0]) < _LONGEST_ADDRESS:
            undecided = min(undecided, found.start())
    return undecided
