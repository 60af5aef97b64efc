"""Who may: host names, origins, roles, and the access key of a screen from another address.

A screen on the board itself (loopback) is the till. Any other must have given the access key. The Host header must be
a name of ours, else a page from elsewhere could point its own name at the board (DNS rebinding); a POST must come from
a page of ours.
"""

import hmac
import ipaddress
import secrets
from collections import OrderedDict
from enum import StrEnum
from urllib.parse import urlsplit

from terminal.texts import N_

from .http import Refused, Request

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
SESSION_COOKIE = "kasse-access"
MAX_SESSIONS = 64
SESSION_SECONDS = 30 * 24 * 3600.0
FREE_TRIES = 5
"""Wrong keys from one address before it has to wait."""
WAIT_SECONDS = 60.0
ALL_TRIES = 60
"""Wrong keys from all addresses in WAIT_SECONDS: one attacker has many addresses."""
MAX_ADDRESSES = 256


class Role(StrEnum):
    """What a route asks for."""

    OPEN = "open"
    """Everybody who can reach the port: tells nothing, changes nothing."""
    TILL = "till"
    """The board's own screen, or one that has given the access key."""


class Access:
    """Decides about each request. `key` empty: nobody but loopback."""

    def __init__(self, key: str, hosts: tuple[str, ...]) -> None:
        self._key = key.encode()
        self._hosts = frozenset(host.lower() for host in hosts)
        self._sessions: OrderedDict[str, float] = OrderedDict()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._all_wrong: list[float] = []

    def check_host(self, request: Request) -> None:
        """Refuse a Host that is no name of ours."""
        host = (request.single(b"host") or "").lower()
        name = _name(host)
        if name in LOOPBACK_NAMES or host in self._hosts or name in self._hosts or _is_address(name, request.server):
            return
        raise Refused(421, N_("The till is not reached under that name."))

    def check_origin(self, request: Request) -> None:
        """Refuse a change that was not asked for by a page of ours."""
        site, origin = request.single(b"sec-fetch-site"), request.single(b"origin")
        if site is None and origin is None:
            raise Refused(403, N_("The request does not say which page it comes from."))
        if site is not None and site != "same-origin":
            raise Refused(403, N_("The request comes from another page."))
        if origin is not None:
            try:
                parts = urlsplit(origin)
            except ValueError:
                parts = urlsplit("")
            if parts.scheme not in ("http", "https") or parts.netloc.lower() != (request.header(b"host") or "").lower():
                raise Refused(403, N_("The request comes from another page."))

    def has(self, role: Role, request: Request, now: float) -> bool:
        """Whether the request may use a route of that role."""
        match role:
            case Role.OPEN:
                return True
            case Role.TILL:
                return is_loopback(request.address) or self._logged_in(request, now)

    def log_in(self, request: Request, key: str, now: float) -> str:
        """A new session for the right key. Refused: wrong key, or too many of them."""
        if not self._key:
            raise Refused(403, N_("This till has no access key: it can only be used on the board itself."))
        self._may_try(request.address, now)
        if not hmac.compare_digest(key.encode(), self._key):
            self._note_wrong(request.address, now)
            raise Refused(403, N_("Wrong access key."))
        self._wrong.pop(request.address, None)
        token = secrets.token_urlsafe(24)
        self._sessions[token] = now
        while len(self._sessions) > MAX_SESSIONS:
            self._sessions.popitem(last=False)
        return token

    def _logged_in(self, request: Request, now: float) -> bool:
        token = request.cookies().get(SESSION_COOKIE, "")
        since = self._sessions.get(token)
        if since is None:
            return False
        if now - since > SESSION_SECONDS:
            del self._sessions[token]
            return False
        return True

    def _may_try(self, address: str, now: float) -> None:
        self._all_wrong = [at for at in self._all_wrong if now - at < WAIT_SECONDS]
        tries, last = self._wrong.get(address, (0, now))
        if now - last >= WAIT_SECONDS:
            self._wrong.pop(address, None)
        elif tries >= FREE_TRIES:
            raise Refused(429, N_("Too many wrong keys. Wait a minute."))
        if len(self._all_wrong) >= ALL_TRIES:
            raise Refused(429, N_("Too many wrong keys. Wait a minute."))

    def _note_wrong(self, address: str, now: float) -> None:
        self._all_wrong.append(now)
        tries, _ = self._wrong.pop(address, (0, now))
        self._wrong[address] = (tries + 1, now)
        while len(self._wrong) > MAX_ADDRESSES:
            self._wrong.popitem(last=False)


def is_loopback(address: str) -> bool:
    """Whether that is the board itself."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


def _name(host: str) -> str:
    """The host without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def _is_address(name: str, server: str) -> bool:
    # A page from elsewhere can make a name point here, but not an address.
    try:
        return bool(server) and ipaddress.ip_address(name.strip("[]")) == ipaddress.ip_address(server)
    except ValueError:
        return False
