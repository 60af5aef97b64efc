"""Who may ask the bench, and what it takes: over real HTTP."""

import pytest

from terminal.sim.bench.guard import MAX_BODY
from terminal.sim.printer import SimPrinter
from tests.sim.bench.client import get, post, press, serving, view

pytestmark = pytest.mark.anyio


OURS = ["localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]", "[::1]:8090", "192.168.1.7:8090"]
NOT_OURS = ["", "evil.example", "evil.example:8090", "127.0.0.1.evil.example", "localhost:x", "[::1", "::1]x:1", "a b"]


async def test_addresses_and_localhost_are_ours_and_no_other_name_is() -> None:
    async with serving(SimPrinter()) as bench:
        statuses = {host: (await get(bench, host=host)).status for host in OURS + NOT_OURS}

    assert {host for host, status in statuses.items() if status == 200} == set(OURS)
    assert {status for host, status in statuses.items() if host in NOT_OURS} <= {400, 421}


MAY_POST = [{}, {"origin": "OURS"}, {"sec-fetch-site": "same-origin", "origin": "OURS"}]
MAY_NOT_POST = [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "OURS.evil.example"},
    {"origin": ""},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


async def test_the_own_page_and_programs_may_post_and_no_other_page() -> None:
    async with serving(SimPrinter()) as bench:

        async def posted(headers: dict[str, str]) -> tuple[int, str]:
            """The answer to taking the paper out, and what came of the paper."""
            ours = {name: value.replace("OURS", bench.removesuffix("/")) for name, value in headers.items()}
            await press(bench, "printer", "paper-ok")
            status = (await post(bench, "/bench/printer/paper-out", headers=ours)).status
            return status, (await view(bench, "printer"))["paper"]

        for headers in MAY_POST:
            assert await posted(headers) == (204, "out"), headers
        for headers in MAY_NOT_POST:
            assert await posted(headers) == (403, "ok"), headers


FORMS = [
    (b"argument=7", 204),
    (b"argument=%ff", 400),
    (b"argument=\xe6", 400),
    (b"argument=7&argument=8", 400),
    (b"argument=7&more=8", 400),
    (b"more=8", 400),
    (b"argument", 400),
    (b"&".join(b"a%d=1" % i for i in range(20)), 400),
    (b"argument=" + b"1" * 5000, 400),
    (b"argument=" + b"1" * MAX_BODY, 413),
]


async def test_a_form_is_one_argument_of_a_bounded_size() -> None:
    async with serving(SimPrinter()) as bench:
        for body, status in FORMS:
            assert (await post(bench, "/bench/printer/paper-left", body)).status == status, body[:60]


async def test_only_forms_are_read() -> None:
    async with serving(SimPrinter()) as bench:
        answer = await post(bench, "/bench/printer/paper-left", b"{}", {"content-type": "application/json"})

    assert answer.status == 415


async def test_every_answer_has_the_headers_of_security() -> None:
    async with serving(SimPrinter()) as bench:
        answers = [await get(bench), await get(bench, "/nothing"), await get(bench, host="evil.example")]

    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
