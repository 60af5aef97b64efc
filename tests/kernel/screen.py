"""The till's screen as a browser uses it, with the patience that the small machine needs."""

import http.client
import re
from contextlib import closing
from urllib.parse import urlencode

from tests.e2e.shown import read_lines

from .patience import PATIENCE


class TillScreen:
    """One screen of one life of the till."""

    def __init__(self, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._cookie = ""

    def page(self) -> str:
        """The till's page."""
        return self._ask("GET", "/till")

    def lines(self) -> list[str]:
        """The names of the items on the sale that is shown."""
        return [name for _, name, _ in read_lines(self.page()).lines]

    def words(self) -> str:
        """Everything that can be read on it."""
        return " ".join(re.sub(r"<(svg|script|style).*?</\1>|<[^>]*>", " ", self.page(), flags=re.DOTALL).split())

    def sale(self) -> str:
        """The number of the sale that is shown."""
        found = re.search(r'<input type="hidden" name="sale" value="([0-9]+)"', self.page())
        assert found, self.words()
        return found[1]

    def touch(self, path: str, **form: str) -> None:
        """A button, or something typed."""
        self._ask("POST", path, urlencode(form))

    def _ask(self, method: str, path: str, body: str = "") -> str:
        headers = {"Cookie": self._cookie, "Origin": f"http://{self._host}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection(self._host, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        assert answer.status < 400, f"{path} answered {answer.status}: {text[:300]}"
        cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        self._cookie = "; ".join(cookies) or self._cookie
        return text
