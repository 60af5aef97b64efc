"""The service manager's socket is real: a datagram socket at the other end of NOTIFY_SOCKET."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.host import notify


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    name = f"kasse-test-{os.getpid()}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(5)
        listener.bind("\0" + name if request.param == "abstract" else name)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name if request.param == "abstract" else name)
        yield listener


def heard(manager: socket.socket) -> str:
    return manager.recv(4096).decode()


def test_a_life_as_the_manager_hears_it(manager: socket.socket) -> None:
    notify.ready("till screen at port 8080")
    notify.watchdog()
    notify.status("the printer is out of paper")
    notify.stopping()

    assert heard(manager) == "READY=1\nSTATUS=till screen at port 8080"
    assert heard(manager) == "WATCHDOG=1"
    assert heard(manager) == "STATUS=the printer is out of paper"
    assert heard(manager) == "STOPPING=1"


def test_a_status_stays_one_line(manager: socket.socket) -> None:
    notify.status("out of paper\nMAINPID=1")

    assert heard(manager) == "STATUS=out of paper MAINPID=1"


def test_a_full_queue_drops_a_beat_and_does_not_wait(manager: socket.socket, caplog: pytest.LogCaptureFixture) -> None:
    sent = 0
    while not caplog.records:
        notify.watchdog()
        sent += 1
        assert sent < 100_000

    assert "beat dropped" in caplog.text
    manager.setblocking(False)
    beats = 0
    while beats < sent - 1:
        assert heard(manager) == "WATCHDOG=1"
        beats += 1
    with pytest.raises(BlockingIOError):
        heard(manager)


def test_without_a_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    notify.ready("up")
    notify.watchdog()
    notify.stopping()


@pytest.mark.parametrize("address", ["/nowhere/notify", "@kasse-test-nobody-listens", "vsock:2:1234"])
def test_a_manager_that_cannot_be_reached_is_an_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    with pytest.raises(OSError, match=r"NOTIFY_SOCKET|No such file|refused"):
        notify.ready("up")


def test_a_manager_that_has_gone_does_not_spoil_the_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))

    notify.stopping()

    assert "not told of the stop" in caplog.text


@pytest.mark.parametrize(
    ("microseconds", "process", "seconds"),
    [
        (None, None, None),
        ("30000000", None, 30.0),
        ("1500000", str(os.getpid()), 1.5),
        ("30000000", str(os.getpid() + 1), None),
    ],
)
def test_how_often_the_manager_wants_to_hear(
    microseconds: str | None, process: str | None, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", process)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)

    assert notify.watchdog_interval() == seconds


@pytest.mark.parametrize("nonsense", ["0", "-1", "soon"])
def test_a_nonsensical_interval_is_refused(nonsense: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    monkeypatch.setenv("WATCHDOG_USEC", nonsense)

    with pytest.raises(ValueError, match=r"WATCHDOG_USEC|invalid literal"):
        notify.watchdog_interval()
