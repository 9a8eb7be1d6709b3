"""Which addresses this installation may call of its own accord, wherever somebody points it.

Knows every kind of address that leads inside (IANA's special-purpose registries, IPv4
within IPv6, the metadata services of clouds) and that an operator may allow some of them
by name or by network. Refuses to resolve names and to connect: ``outgoing`` does, with the
very address that was judged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final
from urllib.parse import SplitResult, urlsplit

from workflow.domain.errors import Refusal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL: Final = 2_000
#: Ports below 1024 that speak HTTP; mail, shells and the like are nobody's receiver.
_LOW_PORTS: Final = frozenset({80, 443})
_FIRST_FREE_PORT: Final = 1_024
_PORTS: Final = {"http": 80, "https": 443}

#: RFC 6890 and its successors, multicast, and what answers only inside a cloud.
_INSIDE_4: Final = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind a carrier's NAT
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # a cloud's own services, under a public number
        "169.254.0.0/16",  # this link, and the metadata of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
#: Of IPv6 only this is given out to the public …
_PUBLIC_6: Final = IPv6Network("2000::/3")
#: … and of it these are not.
_INSIDE_6: Final = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23",  # protocol assignments, among them Teredo and ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries any IPv4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
#: IPv4 within IPv6 (RFC 6052): judged as what it carries, where a gateway would take it.
_NAT64: Final = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What an operator opened besides the public internet: networks, names, and plain HTTP."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    plain_http: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address to call, taken apart; ``path`` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_secure(self) -> bool:
        """Whether it is called with TLS."""
        return self.scheme == "https"


def allowed_from(text: str, *, plain_http: bool = False) -> Allowed:
    """Read a list of networks, addresses and host names, separated by commas.

    Raises ``Refusal("outgoing.bad_allowance")`` for anything else.
    """
    networks: list[Network] = []
    hosts: set[str] = set()
    for one in (part.strip() for part in text.split(",")):
        if not one:
            continue
        try:
            networks.append(ip_network(one))
        except ValueError:
            if "/" in one or ":" in one or one.replace(".", "").isdigit():
                raise Refusal("outgoing.bad_allowance", entry=one) from None
            hosts.add(_host_named(one))
    return Allowed(networks=tuple(networks), hosts=frozenset(hosts), plain_http=plain_http)


def target_of(url: str, *, allowed: Allowed) -> Target:
    """Take an address apart and judge what can be seen without resolving it.

    Raises ``Refusal``: ``outgoing.bad_address``, ``outgoing.not_https``,
    ``outgoing.credentials`` where a name or password stands in it,
    ``outgoing.port_refused``, ``outgoing.address_refused`` for an address in figures.
    """
    parts = _split(url)
    if parts.scheme == "http" and not allowed.plain_http:
        raise Refusal("outgoing.not_https")
    if parts.username is not None or parts.password is not None:
        raise Refusal("outgoing.credentials")
    host = _host_named(parts.hostname or "")
    port = _port_of(parts)
    if host not in allowed.hosts and port not in _LOW_PORTS and port < _FIRST_FREE_PORT:
        raise Refusal("outgoing.port_refused", port=port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(scheme=parts.scheme, host=host, port=port, path=path)
    try:
        ensure_reachable(ip_address(host), host=host, allowed=allowed)
    except ValueError:
        # A name: judged by what it resolves to, whenever it is called.
        return target
    return target


def ensure_reachable(address: Address, *, host: str, allowed: Allowed) -> None:
    """Raise ``Refusal("outgoing.address_refused")`` unless this address may be called."""
    if not is_reachable(address, host=host, allowed=allowed):
        raise Refusal("outgoing.address_refused", host=host)


def is_reachable(address: Address, *, host: str, allowed: Allowed) -> bool:
    """Whether an address, found under a host's name, is public or was allowed."""
    return (
        host in allowed.hosts
        or any(address in network for network in allowed.networks)
        or is_public(address)
        or _carries(address, allowed)
    )


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet and to nothing inside."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _INSIDE_4)
    inner = _within(address)
    if inner is not None:
        return is_public(inner)
    return address in _PUBLIC_6 and not any(address in network for network in _INSIDE_6)


def _carries(address: Address, allowed: Allowed) -> bool:
    """Whether IPv6 carries an IPv4 address that was allowed."""
    inner = _within(address) if isinstance(address, IPv6Address) else None
    return inner is not None and any(inner in network for network in allowed.networks)


def _within(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(address.packed[-4:]) if address in _NAT64 else None


def _split(url: str) -> SplitResult:
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if len(url) > LONGEST_URL or not is_plain:
        raise Refusal("outgoing.bad_address")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refusal("outgoing.bad_address") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Refusal("outgoing.bad_address")
    return parts


def _host_named(host: str) -> str:
    found = host.lower().removesuffix(".")
    if not found or found.startswith(".") or "%" in found:
        raise Refusal("outgoing.bad_address")
    return found


def _port_of(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise Refusal("outgoing.bad_address") from None
    if port == 0:
        raise Refusal("outgoing.bad_address")
    return port or _PORTS[parts.scheme]
