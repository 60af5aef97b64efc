"""A till that runs, asked over loopback by the same rules as any of its screens: no way in of its own.

Stopped    nothing listens there: no till runs
Closed     it wants the access key, which this program may not read
Silent     nothing comes: a till that hangs, or an address that is not the board's now
Odd        something answers, and it is no till of this version
"""

import errno
import http.client
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from terminal.config.secrets import SecretError, read_secret
from terminal.config.settings import Web
from terminal.web.devices_json import Report, Row

CREDENTIAL = Path("/etc/credstore/kasse.access-key")
"""Where the service manager finds the key (systemd/README.md)."""
TIMEOUT = 5.0
"""Seconds for one answer."""
LOOK_SECONDS = 20.0
"""For what is plugged in and announces itself; each printer that does not answer costs a second."""
SCAN_SECONDS = 120.0
TEST_SECONDS = 180.0
EVERY = 0.2
MOST_BYTES = 4 << 20
_NOT_THERE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


class Stopped(Exception):
    """Nothing listens."""


class Closed(Exception):
    """Not without the access key."""


class Silent(Exception):
    """Nothing comes. The message says how that was seen."""


class Odd(Exception):
    """No till. The message says what came."""


class NotNow(Exception):
    """Refused; the message is the till's sentence."""


def address_of(settings: Web) -> tuple[str, int]:
    """Where a program on the board reaches the screens."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host), settings.port  # noqa: S104 (read, not bound)


class RunningTill:
    """One till. Raises Stopped, Closed, Silent, Odd."""

    def __init__(self, settings: Web, patience: float = TIMEOUT) -> None:
        """`patience`: seconds for one answer."""
        self._settings, self._patience = settings, patience
        self.host, self.port = address_of(settings)
        self._cookie = ""

    @property
    def address(self) -> str:
        """As a person writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def report(self) -> Report:
        """How it is."""
        status, body = self._ask("GET", "/devices.json")
        if status == 403 and not self._cookie:
            self._log_in()
            status, body = self._ask("GET", "/devices.json")
        if status == 403:
            raise Closed
        if status != 200:
            raise Odd(f"status {status}")
        try:
            return msgspec.json.decode(body, type=Report)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Odd(str(error)) from error

    def look(self, *, network: bool = False) -> Report:
        """How it is, after it has looked what is plugged in. `network`: and searched its own network. Raises NotNow."""
        before = self.report()
        self._touch("/devices/look", {})
        if network:
            self._touch("/devices/scan", {})
        looked = self._until(
            lambda now: now.looked and (now.scanned or not network) and not now.looking,
            SCAN_SECONDS if network else LOOK_SECONDS,
        )
        return looked or before

    def test(self, device: str, says: Callable[[str], None]) -> Row:
        """Try one device out; `says` is called with each sentence on the way. Raises NotNow."""
        self._touch("/devices/test", {"device": device})
        said = ""

        def is_done(now: Report) -> bool:
            nonlocal said
            row = next((each for each in now.devices if each.name == device), None)
            if row is None or row.test is None:
                return False
            if row.test.state == "running" and row.says != said:
                said = row.says
                says(said)
            return row.test.state != "running" and now.testing != device

        report = self._until(is_done, TEST_SECONDS)
        row = next((each for each in report.devices if each.name == device), None) if report else None
        if row is None:
            raise Odd(f"no result within {TEST_SECONDS:g} s")
        return row

    def _until(self, holds: Callable[[Report], bool], seconds: float) -> Report | None:
        """The first report that holds; None after so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            # First, for a touch is taken up by another task of the till's.
            time.sleep(EVERY)
            report = self.report()
            if holds(report):
                return report
        return None

    def _touch(self, path: str, form: dict[str, str]) -> None:
        status, body = self._ask("POST", path, urlencode(form))
        if status == 409:
            raise NotNow(body.decode("utf-8", "replace"))
        if status == 403:
            raise Closed
        if status not in (204, 303):
            raise Odd(f"status {status}")

    def _log_in(self) -> None:
        """With the access key, where this program may read it."""
        try:
            key = read_secret("access-key", self._settings.access_key_file or _where_the_service_has_it())
        except SecretError as error:
            raise Closed from error
        if not key:
            raise Closed
        self._ask("POST", "/login", urlencode({"key": key}))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = (
            {"Origin": self.address, "Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        )
        if self._cookie:
            headers["Cookie"] = self._cookie
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self._patience)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            cookie = answer.getheader("Set-Cookie")
            if path == "/login" and cookie:
                self._cookie = cookie.partition(";")[0]
            return answer.status, answer.read(MOST_BYTES)
        except ConnectionRefusedError as error:
            raise Stopped from error
        except TimeoutError as error:
            raise Silent(f"nothing within {self._patience:g} s") from error
        except OSError as error:
            if error.errno in _NOT_THERE:
                raise Silent(str(error.strerror)) from error
            raise Odd(f"{type(error).__name__}: {error}") from error
        except http.client.HTTPException as error:
            raise Odd(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()


def _where_the_service_has_it() -> str:
    try:
        return str(CREDENTIAL) if CREDENTIAL.exists() else ""
    except OSError:
        return ""  # a folder of root's: then neither is the key for us
