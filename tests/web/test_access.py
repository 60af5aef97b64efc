"""Who is let in."""

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from terminal.web.access import ALL_TRIES, FREE_TRIES, WAIT_SECONDS, Access, Role
from terminal.web.app import build
from terminal.web.http import Refused, Request
from terminal.web.routes import GETS, POSTS
from tests.web.client import Screen
from tests.web.shop import ACCESS_KEY, Shop

pytestmark = pytest.mark.anyio

OPEN = {"/login", "/health", "/static/kasse.css", "/static/kasse.js", "/static/customer.css", "/static/icon.svg"}
HOST = "10.0.0.5:8080"


class Answer:
    """What the application sent."""

    def __init__(self, messages: list[Any]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.text = b"".join(message["body"] for message in messages[1:]).decode()


async def ask(
    shop: Shop, method: str, path: str, *, body: bytes = b"", address: str = "10.0.0.9", **headers: str
) -> Answer:
    """One request from another address, straight to the application: a test machine has loopback only."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    given = {"host": HOST, "content-type": "application/x-www-form-urlencoded", **headers}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
        "client": (address, 50000),
        "server": ("10.0.0.5", 8080),
    }
    await build(shop.parts)(scope, receive, send)
    return Answer(sent)


def test_every_route_has_a_role_and_few_are_open() -> None:
    assert {route.path for route in GETS if route.role is Role.OPEN} == OPEN
    assert {route.path for route in POSTS if route.role is Role.OPEN} == {"/login"}
    for routes in (GETS, POSTS):
        assert len({route.path for route in routes}) == len(routes)


async def test_a_stranger_can_change_nothing(closed_shop: Shop) -> None:
    before = closed_shop.parts.till.seq
    for route in (each for each in POSTS if each.role is Role.TILL):
        answer = await ask(closed_shop, "POST", route.path, origin=f"http://{HOST}")
        assert (answer.status, answer.text) == (403, "Denne skærm har ikke givet adgangsnøglen."), route.path
    assert closed_shop.parts.till.seq == before


async def test_a_stranger_can_read_nothing(closed_shop: Shop) -> None:
    for path in {route.path for route in GETS} - OPEN:
        answer = await ask(closed_shop, "GET", path)
        assert answer.status in (303, 403), path
        assert answer.headers.get("location", "/login") == "/login"


async def test_the_board_itself_is_let_in_and_nobody_else(closed_shop: Shop) -> None:
    for address in ("127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"):
        assert (await ask(closed_shop, "GET", "/till", address=address)).status == 200, address
    for address in ("10.0.0.9", "", "unix", "::ffff:10.0.0.9", "192.168.1.1"):
        assert (await ask(closed_shop, "GET", "/till", address=address)).status == 303, address


async def test_the_access_key_lets_a_screen_in(shop: Shop) -> None:
    headers = {"origin": shop.address}
    async with httpx.AsyncClient(base_url=shop.address, headers=headers) as http:
        assert "Adgangsnøgle" in (await http.get("/login")).text
        wrong = await http.post("/login", data={"key": "x"})
        assert wrong.status_code == 403
        assert "Forkert adgangsnøgle." in wrong.text
        right = await http.post("/login", data={"key": ACCESS_KEY})
        assert right.status_code == 303
        cookie = right.headers["set-cookie"]
        assert all(flag in cookie for flag in ("HttpOnly", "SameSite=Strict", "Path=/"))


class Clocked:
    """An access with the time in the test's hand."""

    def __init__(self, key: str = ACCESS_KEY) -> None:
        self.access = Access(key, ())
        self.now = 0.0

    def log_in(self, key: str, address: str = "10.0.0.9") -> str:
        return self.access.log_in(request(address), key, self.now)

    def refusal(self, key: str, address: str = "10.0.0.9") -> tuple[int, str]:
        with pytest.raises(Refused) as refused:
            self.log_in(key, address)
        return refused.value.status, refused.value.sentence

    def let_in(self, token: str) -> bool:
        return self.access.has(Role.TILL, request("10.0.0.9", ("cookie", f"kasse-access={token}")), self.now)


def request(address: str, *headers: tuple[str, str]) -> Request:
    pairs: Iterable[tuple[bytes, bytes]] = [(name.encode(), value.encode()) for name, value in headers]
    scope = {
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": pairs,
        "client": (address, 1),
        "server": ("10.0.0.5", 8080),
    }

    async def receive() -> dict[str, Any]:
        raise AssertionError("nothing is read")

    return Request(scope, receive)


def test_a_session_lasts_and_ends() -> None:
    clocked = Clocked()
    token = clocked.log_in(ACCESS_KEY)
    assert clocked.let_in(token)
    assert not clocked.let_in("")
    assert not clocked.let_in(token + "x")
    clocked.now = 31 * 24 * 3600.0
    assert not clocked.let_in(token)


def test_guessing_is_slowed_down() -> None:
    clocked = Clocked()
    for _ in range(FREE_TRIES):
        assert clocked.refusal("wrong")[0] == 403
    assert clocked.refusal(ACCESS_KEY)[0] == 429
    clocked.now = WAIT_SECONDS + 1
    assert clocked.log_in(ACCESS_KEY)


def test_guessing_from_many_addresses_is_slowed_down_too() -> None:
    clocked = Clocked()
    for number in range(ALL_TRIES):
        assert clocked.refusal("wrong", f"10.1.{number}.1")[0] == 403
    assert clocked.refusal(ACCESS_KEY, "10.2.0.1")[0] == 429


def test_a_till_without_a_key_lets_nobody_in() -> None:
    assert Clocked(key="").refusal("")[0] == 403


@pytest.mark.parametrize(
    ("host", "let_in"),
    [
        ("127.0.0.1:8080", True),
        ("localhost", True),
        ("LOCALHOST:1", True),
        ("[::1]:8080", True),
        ("10.0.0.5:8080", True),
        ("kasse.local:8080", True),
        ("evil.example", False),
        ("evil.example:8080", False),
        ("10.0.0.6:8080", False),
        ("localhost.evil.example", False),
        ("", False),
        ("127.0.0.1:8080@evil.example", False),
    ],
)
def test_only_names_of_ours_are_answered_to(host: str, let_in: bool) -> None:
    access = Access("", ("kasse.local",))
    if let_in:
        access.check_host(request("127.0.0.1", ("host", host)))
    else:
        with pytest.raises(Refused):
            access.check_host(request("127.0.0.1", ("host", host)))


@pytest.mark.parametrize(
    "headers",
    [
        [("origin", "http://evil.example")],
        [("origin", "null")],
        [("origin", "http://10.0.0.5:8081")],
        [("origin", "file://10.0.0.5:8080")],
        [("origin", "http://[")],
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "same-site")],
        [("sec-fetch-site", "none")],
        [("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")],
        [("origin", f"http://{HOST}"), ("origin", f"http://{HOST}")],
        [],
    ],
)
def test_a_change_must_come_from_our_own_page(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(Refused):
        Access("", ()).check_origin(request("127.0.0.1", ("host", HOST), *headers))


def test_our_own_page_may_ask_for_changes() -> None:
    Access("", ()).check_origin(request("127.0.0.1", ("host", HOST), ("origin", f"http://{HOST}")))
    Access("", ()).check_origin(request("127.0.0.1", ("host", HOST), ("sec-fetch-site", "same-origin")))


async def test_every_answer_carries_the_safe_headers(shop: Shop, screen: Screen) -> None:
    for path in ("/till", "/status", "/login", "/health", "/nothing", "/static/kasse.css"):
        headers = (await screen.http.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


async def test_health_says_ok_and_nothing_more(shop: Shop, screen: Screen) -> None:
    answer = await screen.http.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_a_form_that_is_too_large(shop: Shop, screen: Screen) -> None:
    answer = await screen.http.post("/till/scan", content=b"text=" + b"1" * 70_000)
    assert (answer.status_code, answer.text) == (413, "Forespørgslen er for stor.")


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("/till/add", b"sku=1001&sku=1002", 400, "Feltet sku er der to gange."),
        ("/till/add", b"sku=1001&more=1", 422, "unknown field `more`"),
        ("/till/add", b"", 422, "`sku`"),
        ("/till/line", b"line=x", 422, "$.line"),
        ("/till/line", b"line=-1", 422, "$.line"),
        ("/till/line", b"line=" + b"9" * 300, 422, "$.line"),
        ("/till/key", b"key=11", 422, "$.key"),
        ("/till/add", b"sku=%ff", 400, "Formularen kan ikke læses."),
        ("/till/add", b"sku=%00", 400, "Feltet sku"),
        ("/till/add", b"&&&", 400, "Formularen kan ikke læses."),
        ("/till/add", b"a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=1&k=2&l=3&m=4", 400, "Formularen kan ikke læses."),
        ("/till/scan", b"text=" + b"1" * 401, 400, "Feltet text"),
    ],
)
async def test_a_bad_form_is_one_sentence(
    shop: Shop, screen: Screen, path: str, body: bytes, status: int, sentence: str
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await screen.http.post(path, content=body, headers=headers)
    assert answer.status_code == status
    assert sentence in answer.text
    assert "\n" not in answer.text


async def test_other_methods_and_paths(shop: Shop, screen: Screen) -> None:
    assert (await screen.http.get("/nothing")).status_code == 404
    for method, path, allowed in (
        ("GET", "/till/add", "POST"),
        ("POST", "/till", "GET, HEAD"),
        ("DELETE", "/login", "GET, HEAD, POST"),
        ("HEAD", "/till/stream", "GET"),
    ):
        answer = await screen.http.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert (await screen.http.head("/till")).status_code == 200


async def test_json_is_no_form(shop: Shop, screen: Screen) -> None:
    answer = await screen.http.post("/till/add", json={"sku": "1001"})
    assert (answer.status_code, answer.text) == (415, "Her læses kun formularer.")


async def test_static_files_are_kept_by_their_digest(shop: Shop, screen: Screen) -> None:
    page = (await screen.http.get("/till")).text
    version = page.partition("kasse.js?v=")[2].partition('"')[0]
    kept = await screen.http.get("/static/kasse.js", params={"v": version})
    assert "immutable" in kept.headers["cache-control"]
    assert (await screen.http.get("/static/../app.py")).status_code == 404
