"""`kasse sim` as a process: what it tells, how it stops, what it refuses."""

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.config.secrets import read_secret
from terminal.sim.card_zvt import SimCardTerminal
from terminal.sim.printer import SimPrinter
from terminal.sim.run import SimError, only, serve_all
from tests.sim.bench.client import ask_now
from tests.sim.processes import kasse, simulators, stopped, wait_for

FREE = ("--bench-port", "0", "--printer-port", "0", "--card-port", "0")


def refused(tmp_path: Path, *arguments: str) -> str:
    """What it says on ending with status 1."""
    log = tmp_path / "refused.log"
    with kasse("sim", *arguments, log=log) as process:
        assert process.wait(timeout=60) == 1
    return log.read_text("utf-8")


def test_everything_is_where_sim_json_says(tmp_path: Path) -> None:
    with simulators(tmp_path / "sim") as state:
        assert ask_now(state["bench"], "GET", "/").status == 200
        for name in ("printer", "card"):
            host, _, port = state["addresses"][name].rpartition(":")
            socket.create_connection((host, int(port)), timeout=5).close()
        assert state["addresses"]["scanner"] == str(tmp_path / "sim" / "scanner")
        assert stat.S_ISCHR(Path(state["addresses"]["scanner"]).stat().st_mode)

    assert not (tmp_path / "sim" / "sim.json").exists()
    assert not (tmp_path / "sim" / "scanner").exists()


def test_a_nexo_terminal_and_what_a_till_needs_to_find_it(tmp_path: Path) -> None:
    folder = tmp_path / "sim" / "nexo"
    with simulators(tmp_path / "sim", "--nexo-port", "0") as state:
        context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
        host, _, port = state["addresses"]["card-nexo"].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as plain:
            context.wrap_socket(plain, server_hostname="SIM1-000000001.test.terminal.example").close()
        assert "Card terminal (nexo)" in ask_now(state["bench"], "GET", "/").text
    first = (folder / "ca.pem").read_bytes(), (folder / "passphrase").read_bytes()
    assert (folder / "passphrase").stat().st_mode & 0o077 == 0
    with simulators(tmp_path / "sim", "--nexo-port", "0"):
        assert ((folder / "ca.pem").read_bytes(), (folder / "passphrase").read_bytes()) == first


def test_a_clicked_code_comes_out_of_the_pty(tmp_path: Path) -> None:
    with simulators(tmp_path / "sim") as state:
        port = os.open(state["addresses"]["scanner"], os.O_RDONLY | os.O_NOCTTY)
        try:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = ask_now(state["bench"], "POST", "/bench/scanner/scan", b"argument=5700000010010", form)
            assert answer.status == 204, answer.text
            assert os.read(port, 100).startswith(b"5700000010010")
        finally:
            os.close(port)


def test_mobilepay_is_there_when_it_is_asked_for(tmp_path: Path) -> None:
    log, data = tmp_path / "sim.log", tmp_path / "sim"
    with kasse("sim", "--data", str(data), "--mobilepay-port", "0", *FREE, log=log) as process:
        state = json.loads(wait_for(data / "sim.json", process, log))
        assert "Vipps MobilePay" in ask_now(state["bench"], "GET", "/").text
        assert ask_now(state["addresses"]["mobilepay"] + "/", "POST", "/accesstoken/get").status == 401
        assert stopped(process, signal.SIGTERM, within=5) == 0
    assert read_secret("mobilepay-client-secret", str(data / "mobilepay" / "client-secret"))
    assert "Traceback" not in log.read_text("utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_within_two_seconds_with_a_page_open(tmp_path: Path, number: signal.Signals) -> None:
    log = tmp_path / "sim.log"
    with kasse("sim", "--data", str(tmp_path / "sim"), *FREE, log=log) as process:
        state = json.loads(wait_for(tmp_path / "sim" / "sim.json", process, log))
        host, port = state["bench"].removeprefix("http://").rstrip("/").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as page:
            page.sendall(b"GET /bench/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert page.recv(10)
            assert stopped(process, number, within=2) == 0
    assert "Traceback" not in log.read_text("utf-8")


def test_a_second_one_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with simulators(tmp_path / "sim") as state:
        said = refused(tmp_path, "--data", str(tmp_path / "sim"), *FREE)
        assert ask_now(state["bench"], "GET", "/").status == 200

    assert said == f"kasse: other simulators run in {tmp_path / 'sim'}\n"


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(tmp_path, "--data", str(tmp_path / "sim"), *FREE[2:], "--bench-port", str(port))

    assert said.splitlines() == [f"kasse: the bench cannot listen on 127.0.0.1 port {port}: Address already in use"]


@pytest.mark.anyio
@pytest.mark.parametrize("simulator", [SimPrinter, SimCardTerminal])
async def test_a_simulator_whose_port_is_taken_is_named(simulator: type[SimPrinter | SimCardTerminal]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises((SimError, ExceptionGroup)) as caught:
            await serve_all((simulator(port=port),), bench_port=0)
    error = only(caught.value, SimError)

    assert "cannot serve at 127.0.0.1:" in str(error)
    assert "Address already in use" in str(error)


def test_items_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    said = refused(tmp_path, "--data", str(tmp_path / "sim"), "--items", str(tmp_path / "none.csv"), *FREE)

    assert said == f"kasse: {tmp_path / 'none.csv'} cannot be read: No such file or directory\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "cannot be used" in refused(tmp_path, "--data", str(tmp_path / "file" / "sim"), *FREE)


def test_a_wedge_lies_beside_the_scanner_when_asked_for(tmp_path: Path) -> None:
    """Also where the kernel can make no keyboard: then every scan with it says why."""
    with simulators(tmp_path / "sim", "--wedge") as state:
        page = ask_now(state["bench"], "GET", "/").text

    assert 'id="scan-with"' in page
    assert "<option>wedge</option>" in page


def test_help_names_every_option() -> None:
    text = subprocess.run(
        [sys.executable, "-m", "terminal", "sim", "--help"], capture_output=True, check=True, timeout=60, text=True
    ).stdout
    for option in ("--data", "--items", "--host", *FREE[::2], "--wedge", "--till", "--note"):
        assert option in text
