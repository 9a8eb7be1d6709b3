from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.errors import Refusal
from workflow.domain.reachable import Allowed, allowed_from, is_public, is_reachable, target_of

NOBODY = Allowed()


INSIDE = """0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.255.0.9
    168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1
    192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1
    255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::127.0.0.1
    64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:db8::1 2002:7f00:1::
    2002:808:808:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1
    4000::1"""
PUBLIC = """1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.0.0.1 128.0.0.1
    172.15.0.1 172.32.0.1 192.167.0.1 192.169.0.1 223.255.255.255 2606:4700::1111
    2400:cb00::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_what_leads_inside_is_not_called(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not is_reachable(ip_address(address), host="receiver.example", allowed=NOBODY)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_the_public_internet_is_called(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.integers(0, 2**32 - 1))
def test_ipv4_within_ipv6_is_judged_as_what_it_carries(number: int) -> None:
    inner = IPv4Address(number)
    for outer in (f"::ffff:{inner}", f"64:ff9b::{inner}"):
        assert is_public(IPv6Address(outer)) == is_public(inner)


@given(st.ip_addresses(v=4))
def test_of_what_is_public_the_standard_library_calls_nothing_private(address: IPv4Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


def test_an_operator_opens_networks_and_names_and_nothing_else() -> None:
    allowed = allowed_from("10.1.0.0/16, may-chu.noi-bo ,fd00:1::/64,192.168.7.7")
    for inside in ("10.1.2.3", "fd00:1::5", "192.168.7.7", "::ffff:10.1.2.3"):
        assert is_reachable(ip_address(inside), host="x.example", allowed=allowed)
    for other in ("10.2.0.1", "192.168.7.8", "fd00:2::5", "::ffff:10.2.0.1", "127.0.0.1"):
        assert not is_reachable(ip_address(other), host="x.example", allowed=allowed)
        assert is_reachable(ip_address(other), host="may-chu.noi-bo", allowed=allowed)
    assert allowed_from("") == NOBODY


@pytest.mark.parametrize(
    "entry", ["10.0.0.0/33", "10.1.2.3/8", "https://x", "300.1.1.1", "fd00::/x"]
)
def test_a_wrong_allowance_is_named(entry: str) -> None:
    with pytest.raises(Refusal) as refused:
        allowed_from(f"10.1.0.0/16,{entry}")
    assert (refused.value.code, refused.value.facts) == (
        "outgoing.bad_allowance",
        {"entry": entry},
    )


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://receiver.example/", "not_https"),
        ("ftp://receiver.example/", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("https:///hook", "bad_address"),
        ("https://./hook", "bad_address"),
        ("receiver.example/hook", "bad_address"),
        ("https://tên-miền.vn/", "bad_address"),
        ("https://a b/", "bad_address"),
        ("https://receiver.example\\@10.0.0.1/", "bad_address"),
        ("https://receiver.example/\r\nX: y", "bad_address"),
        ("https://[::1/", "bad_address"),
        ("https://[fe80::1%25eth0]/", "bad_address"),
        ("https://receiver.example:99999/", "bad_address"),
        ("https://receiver.example:0/", "bad_address"),
        ("https://receiver.example/" + "a" * 2_000, "bad_address"),
        ("https://name:word@receiver.example/", "credentials"),
        ("https://@receiver.example/", "credentials"),
        ("https://receiver.example:25/", "port_refused"),
        ("https://receiver.example:1023/", "port_refused"),
        ("https://127.0.0.1/", "address_refused"),
        ("https://[::ffff:127.0.0.1]:8443/", "address_refused"),
        ("https://169.254.169.254/latest", "address_refused"),
    ],
)
def test_an_address_that_may_not_be_called_says_why(url: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        target_of(url, allowed=NOBODY)
    assert refused.value.code == f"outgoing.{code}"


def test_an_address_is_taken_apart() -> None:
    target = target_of("https://Receiver.Example./hook?a=1&b=2#part", allowed=NOBODY)
    assert (target.scheme, target.host, target.port) == ("https", "receiver.example", 443)
    assert (target.path, target.is_secure) == ("/hook?a=1&b=2", True)
    bare = target_of("https://receiver.example:8443", allowed=NOBODY)
    assert (bare.port, bare.path) == (8443, "/")
    plain = target_of("http://may.noi-bo:81/", allowed=allowed_from("may.noi-bo", plain_http=True))
    assert (plain.host, plain.port, plain.is_secure) == ("may.noi-bo", 81, False)
    literal = target_of("https://[fd00::1]/", allowed=allowed_from("fd00::/16"))
    assert literal.host == "fd00::1"
