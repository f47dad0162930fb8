"""Where the guarded client never connects: every way to write, to name or to redirect to an address that is not public.

It may connect to 127.0.0.2 alone, where pages redirect to what is forbidden. Names are looked up in a hosts table, then
by the machine; a socket that listens on every address of this machine sees whoever connects.
"""

import ipaddress
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from domain.errors import Permanent
from jobs import addresses
from jobs.outbound import ForbiddenAddressError, OutboundRules, fetch, ping, post
from tests.jobs.web_host import Page, WebHost, serving

ALLOWED = "127.0.0.2"

LOOPBACK = (
    "http://127.0.0.1:PORT/",
    "HTTP://127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT",
    "http://127.0.0.1:PORT?x=1",
    "http://127.0.0.1:0PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.0.0.3:PORT/",
    "http://127.255.255.254:PORT/",
    "http://127.127:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://0.0:PORT/",
    "http://00000000:PORT/",
    "http://0x0:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f000001:PORT/",
    "http://0X7F000001:PORT/",
    "http://0x7f.1:PORT/",
    "http://0x7f.0.1:PORT/",
    "http://0x7f.0.0.1:PORT/",
    "http://0x7f.0x0.0x0.0x1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0177.1:PORT/",
    "http://00177.00.00.01:PORT/",
    "http://017700000001:PORT/",
    "http://127.0.0.01:PORT/",
    "http://127.0.0.0x1:PORT/",
    "http://127.0x1:PORT/",
    "http://127.00000000000001:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://LocalHost:PORT/",
)
NOT_PUBLIC = (
    "http://0.1.2.3:PORT/",
    "http://10.0.0.1:PORT/",
    "http://10.255.255.255:PORT/",
    "http://0x0a000001:PORT/",
    "http://167772161:PORT/",
    "http://100.64.0.1:PORT/",
    "http://100.100.100.200/latest/meta-data/",
    "http://100.127.255.254:PORT/",
    "http://168.63.129.16/machine?comp=goalstate",
    "http://169.254.0.1:PORT/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254:80/latest/api/token",
    "http://169.254.43518/",
    "http://169.16689662/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.170.2/v2/credentials",
    "http://172.16.0.1:PORT/",
    "http://172.31.255.254:PORT/",
    "http://192.0.0.1:PORT/",
    "http://192.0.0.192/opc/v2/instance/",
    "http://192.0.2.1:PORT/",
    "http://192.88.99.1:PORT/",
    "http://192.168.0.1:PORT/",
    "http://192.168.65535:PORT/",
    "http://198.18.0.1:PORT/",
    "http://198.19.255.254:PORT/",
    "http://198.51.100.1:PORT/",
    "http://203.0.113.1:PORT/",
    "http://224.0.0.1:PORT/",
    "http://239.255.255.250:1900/",
    "http://240.0.0.1:PORT/",
    "http://255.255.255.255:PORT/",
)
IPV6 = (
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/",
    "http://[::0001]:PORT/",
    "http://[0::1]:PORT/",
    "http://[::0.0.0.1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[::7f00:1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::FFFF:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/",
    "http://[::ffff:127.0.0.2]:PORT/",
    "http://[::ffff:0.0.0.0]:PORT/",
    "http://[::ffff:10.0.0.1]:PORT/",
    "http://[::ffff:169.254.169.254]/latest/meta-data/",
    "http://[::ffff:a9fe:a9fe]/latest/meta-data/",
    "http://[::ffff:8.8.8.8]:PORT/",
    "http://[::ffff:0:127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b::a9fe:a9fe]/latest/meta-data/",
    "http://[64:ff9b:1::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2002:7f00:0001::1]:PORT/",
    "http://[2002:a9fe:a9fe::1]/latest/meta-data/",
    "http://[2002:0808:0808::1]:PORT/",
    "http://[2001:0:7f00:1::1]:PORT/",
    "http://[2001::1]:PORT/",
    "http://[2001:10::1]:PORT/",
    "http://[2001:20::1]:PORT/",
    "http://[2001:db8::1]:PORT/",
    "http://[3fff::1]:PORT/",
    "http://[100::1]:PORT/",
    "http://[5f00::1]:PORT/",
    "http://[fc00::1]:PORT/",
    "http://[fd00::1]:PORT/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fd20:ce::254]/computeMetadata/v1/",
    "http://[fe80::1]:PORT/",
    "http://[fe80::a9fe:a9fe]/latest/meta-data/",
    "http://[fe80::1%25lo]:PORT/",
    "http://[fe80::1%lo]:PORT/",
    "http://[::1%25lo]:PORT/",
    "http://[::1%]:PORT/",
    "http://[fec0::1]:PORT/",
    "http://[ff02::1]:PORT/",
    "http://[ff0e::1]:PORT/",
    "http://[::2]:PORT/",
    "http://[1::1]:PORT/",
    "http://[4000::1]:PORT/",
)
UNICODE = (
    "http://１２７.0.0.1:PORT/",  # noqa: RUF001 - full-width digits
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://127。0。0。1:PORT/",
    "http://127．0．0．1:PORT/",  # noqa: RUF001 - full-width stops
    "http://127｡0｡0｡1:PORT/",
    "http://𝟏𝟐𝟕.𝟎.𝟎.𝟏:PORT/",  # noqa: RUF001 - mathematical digits
    "http://١٢٧.٠.٠.١:PORT/",  # noqa: RUF001 - Arabic digits
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/",
    "http://ｌｏｃａｌｈｏｓｔ:PORT/",  # noqa: RUF001 - full-width letters
    "http://loc\u00adalhost:PORT/",
    "http://loc\u200balhost:PORT/",
    f"http://{'a' * 64}.example:PORT/",
    "http://%31%32%37%2e0.0.1:PORT/",
    "http://127%2e0%2e0%2e1:PORT/",
    "http://%6c%6f%63%61%6c%68%6f%73%74:PORT/",
    "http://127.0.0.1%00.good.example:PORT/",
    "http://127.0.0.1%23.good.example:PORT/",
    "http://good.example%2f@127.0.0.1:PORT/",
)
FORMS = (
    "http://127.0.0.1:PORT#@127.0.0.2/",
    "http://127.0.0.1:PORT?@127.0.0.2/",
    "http://127.0.0.1:PORT/@127.0.0.2/",
    "http://user@127.0.0.2:PAGES/good.png",
    "http://user:password@127.0.0.2:PAGES/good.png",
    "http://:password@127.0.0.2:PAGES/good.png",
    "http://user:password@127.0.0.1:PORT/",
    "http://@127.0.0.1:PORT/",
    "http://127.0.0.2@127.0.0.1:PORT/",
    "http://127.0.0.2:80@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@127.0.0.2/",
    "http://127.0.0.2\\@127.0.0.1:PORT/",
    "http://127.0.0.2\\.127.0.0.1:PORT/",
    "http://127.0.0.1\t:PORT/",
    "http://127.0.0.1\n:PORT/",
    "http://127.0.0.1\r\nHost: 127.0.0.2:PORT/",
    "http://127.0.0.1 127.0.0.2:PORT/",
    "http://127.0.0.1:PORT/\r\nX: y",
    "\x00http://127.0.0.1:PORT/",
    "http://[127.0.0.1]:PORT/",
    "http://[::1:PORT/",
    "http://::1:PORT/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:0xPORT/",
    "http://127.0.0.1:PORT:80/",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1:PORT/_GET",
    "dict://127.0.0.1:PORT/",
    "ftp://127.0.0.1:PORT/a.png",
    "ldap://127.0.0.1:PORT/",
    "ws://127.0.0.1:PORT/",
    "unix:/run/docker.sock",
    "jar:http://127.0.0.1:PORT/a!/b",
    "view-source:http://127.0.0.1:PORT/",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "//127.0.0.1:PORT/a.png",
    "http:127.0.0.1:PORT/a.png",
    "http:/127.0.0.1:PORT/a.png",
    "http:///a.png",
    "http://",
    "127.0.0.1:PORT",
    "",
)
HOSTS: dict[str, tuple[str, ...]] = {
    "localhost.": ("127.0.0.1",),
    "127.0.0.1.": ("127.0.0.1",),
    "localhost.localdomain": ("127.0.0.1",),
    "ip6-localhost": ("::1",),
    "x.localhost": ("127.0.0.1",),
    "127.0.0.1.sslip.example": ("127.0.0.1",),
    "loopback.example": ("127.0.0.1",),
    "loopback.example.": ("127.0.0.1",),
    "loopback6.example": ("::1",),
    "any.example": ("0.0.0.0",),
    "any6.example": ("::",),
    "mapped.example": ("::ffff:127.0.0.1",),
    "mapped-allowed.example": ("::ffff:127.0.0.2",),
    "nat64.example": ("64:ff9b::7f00:1",),
    "6to4.example": ("2002:7f00:1::1",),
    "teredo.example": ("2001:0:7f00:1::1",),
    "compatible.example": ("::127.0.0.1",),
    "private.example": ("10.0.0.1",),
    "link-local.example": ("fe80::1%lo",),
    "unique-local.example": ("fd00::1",),
    "many.example": ("10.0.0.1", "127.0.0.1", "::1", "192.168.0.1"),
    "metadata.google.internal": ("169.254.169.254",),
    "metadata": ("169.254.169.254",),
    "instance-data": ("169.254.169.254",),
    "metadata.azure.internal": ("168.63.129.16",),
    "kubernetes.default.svc": ("10.96.0.1",),
    "host.docker.internal": ("192.168.65.254",),
    "multicast.example": ("224.0.0.251",),
    "bücher.example".encode("idna").decode(): ("127.0.0.1",),
    "nothing.example": (),
}
NAMES = (*(f"http://{host}:PORT/" for host in HOSTS), "http://bücher.example:PORT/", "http://LOOPBACK.EXAMPLE:PORT/")
TARGETS = (
    "http://127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/",
    "//127.0.0.1:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f.1:PORT/",
    "http://localhost:PORT/",
    "http://loopback.example:PORT/",
    "http://[::1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://10.0.0.1/",
    "http://user@127.0.0.2/",
    "http://127.0.0.2@127.0.0.1:PORT/",
    "\\\\127.0.0.1:PORT/",
    "http:\\\\127.0.0.1:PORT\\",
    "file:///etc/passwd",
    "ftp://127.0.0.1:PORT/",
    "gopher://127.0.0.1:PORT/_",
    "http://127.0.0.1:99999/",
    "http://rebinding.example:PORT/",
    "/again",
)
"""Where pages of the allowed host redirect to; the last one through a second redirect."""
VECTORS = (
    *LOOPBACK,
    *NOT_PUBLIC,
    *IPV6,
    *UNICODE,
    *FORMS,
    *NAMES,
    *(f"http://127.0.0.2:PAGES/to/{n}" for n in range(len(TARGETS))),
)


@dataclass(slots=True)
class Ground:
    """What there is to connect to: a socket that hears everything, pages on the allowed address, and their ports."""

    listener: socket.socket
    host: WebHost
    rebound: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port of the socket that hears everything."""
        return int(self.listener.getsockname()[1])

    @property
    def rules(self) -> OutboundRules:
        """Rules that allow one address, and look names up in the table first."""
        return OutboundRules(
            allowed_networks=(ipaddress.ip_network(ALLOWED),), resolve=self._resolve, timeout_s=5, fetch_timeout_s=5
        )

    def url(self, vector: str) -> str:
        """The URL of a vector, with the ports of this run."""
        return vector.replace("PORT", str(self.port)).replace("PAGES", str(self.host.port))

    def arrived(self) -> int:
        """Take the connections that wait on the socket and return their number."""
        number = 0
        while True:
            try:
                connection, _address = self.listener.accept()
            except BlockingIOError:
                return number
            connection.close()
            number += 1

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        if host == "rebinding.example":
            self.rebound.append(host)
            return (ALLOWED,) if len(self.rebound) == 1 else ("127.0.0.1",)
        found = HOSTS.get(host)
        return addresses.resolve(host, port) if found is None else found


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """What there is to connect to."""
    with (
        socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128) as listener,
        serving({}, ALLOWED) as host,
    ):
        listener.setblocking(False)
        found = Ground(listener, host)
        pages = {f"/to/{n}": Page(status=302, location=found.url(target)) for n, target in enumerate(TARGETS)}
        again = {"/again": Page(status=308, location=found.url(TARGETS[0]))}
        host.pages = {**pages, **again, "/good.png": Page(b"good")}
        yield found


@pytest.fixture(autouse=True)
def fresh(ground: Ground) -> None:
    """Forget what was rebound; by now a name that rebinds leads to where it must not."""
    ground.rebound[:] = ["rebinding.example"]


def test_there_are_enough_vectors() -> None:
    assert len(set(VECTORS)) == len(VECTORS) >= 150


@pytest.mark.parametrize("vector", VECTORS)
def test_a_url_that_leads_to_no_public_address_is_refused_and_nobody_connects(
    ground: Ground, vector: str, tmp_path: Path
) -> None:
    with pytest.raises(Permanent):
        fetch(ground.url(vector), tmp_path / "file", ground.rules)

    assert ground.arrived() == 0


@pytest.mark.parametrize("vector", LOOPBACK[:8] + NAMES[:8] + IPV6[:8])
def test_a_ping_and_a_post_are_as_careful_as_a_fetch(ground: Ground, vector: str) -> None:
    with pytest.raises(Permanent):
        ping(ground.url(vector), ground.rules)
    with pytest.raises(Permanent):
        post(ground.url(vector), b"{}", {}, ground.rules)

    assert ground.arrived() == 0


def test_a_name_is_resolved_once_so_that_its_second_answer_gains_nothing(ground: Ground, tmp_path: Path) -> None:
    ground.rebound.clear()

    fetch(f"http://rebinding.example:{ground.host.port}/good.png", tmp_path / "file", ground.rules)

    assert (tmp_path / "file").read_bytes() == b"good"
    assert len(ground.rebound) == 1


def test_every_hop_of_a_redirect_is_resolved_and_checked_again(ground: Ground, tmp_path: Path) -> None:
    ground.rebound.clear()
    to_itself = TARGETS.index("http://rebinding.example:PORT/")

    with pytest.raises(ForbiddenAddressError):
        fetch(f"http://rebinding.example:{ground.host.port}/to/{to_itself}", tmp_path / "file", ground.rules)

    assert (len(ground.rebound), ground.arrived()) == (2, 0)


def test_of_several_addresses_only_one_that_is_allowed_is_connected_to(ground: Ground, tmp_path: Path) -> None:
    answers = ("127.0.0.1", "::1", ALLOWED)
    rules = OutboundRules(allowed_networks=ground.rules.allowed_networks, resolve=lambda _host, _port: answers)

    fetch(f"http://many.example:{ground.host.port}/good.png", tmp_path / "file", rules)

    assert ((tmp_path / "file").read_bytes(), ground.arrived()) == (b"good", 0)


@pytest.mark.parametrize("port", [21, 22, 25, 53, 110, 389, 465, 587, 993])
def test_the_ports_of_other_protocols_are_refused_by_number(ground: Ground, port: int) -> None:
    rules = OutboundRules(resolve=lambda _host, _port: ("8.8.8.8",))

    with pytest.raises(ForbiddenAddressError, match=f"does not connect to port {port} of"):
        ping(f"http://public.example:{port}/", rules)


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "192.0.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_what_is_public_is_allowed(text: str) -> None:
    assert addresses.is_public(ipaddress.ip_address(text))
