"""Which addresses a user's URL may lead to: an own table of what is not public, as Python's differs between versions.

Opening connections is for outbound.py.
"""

import ipaddress
import socket
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; a cloud's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's metadata, though a public address
        "169.254.0.0/16",  # link-local; metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # protocol assignments; Teredo, which carries IPv4
        "2001:db8::/32",
        "2002::/16",  # 6to4, which carries IPv4
        "3fff::/20",
    )
)
"""What IANA's registries of special-purpose addresses say is not for the public network, and what clouds keep there."""

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is assigned to the public network: no loopback, mapped, NAT64, local or multicast address."""


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host as text, the preferred first. Raises OSError or UnicodeError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(address[0]) for *_rest, address in found)


def is_public(address: Address) -> bool:
    """Return whether the address is one of the public network."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return not is_in(address, _SPECIAL)


def is_in(address: Address, networks: Sequence[Network]) -> bool:
    """Return whether the address lies in one of the networks; an IPv4 one that is written as IPv6 in none of IPv4."""
    return any(address.version == network.version and address in network for network in networks)
