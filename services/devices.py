"""Where a request comes from, as far as it says."""

import ipaddress
from dataclasses import dataclass

LONGEST_NAME = 200
IPV6_PREFIX = 64
"""What one customer has. Source: RFC 6177, section 2."""


@dataclass(frozen=True, slots=True)
class Device:
    """The other end of a request.

    Attributes:
        address: Of the connection, or as a trusted proxy names it.
        name: The User-Agent header.
    """

    address: str
    name: str

    @classmethod
    def of(cls, address: str | None, user_agent: str | None) -> "Device":
        """The device of a request; both are bounded, and may be missing."""
        printable = "".join(c for c in user_agent or "" if c.isprintable())
        return cls(address or "unknown", printable[:LONGEST_NAME] or "unknown")

    @property
    def network(self) -> str:
        """The address, of IPv6 the part that one customer cannot choose."""
        try:
            parsed = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        if parsed.version == 4:
            return str(parsed)
        return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))


THIS_MACHINE = Device("local", "command line")
