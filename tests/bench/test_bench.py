"""The measurements measure: both sides run for real and are printed. How fast they are is for `kasse bench` to say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.bench import MEASURES, Figures, memory, payment, receipt, sale_commit, scan_to_screen, start, zvt
from terminal.bench.clocked_terminal import Spell


def positive(figures: Figures, *names: str) -> None:
    for name in names:
        value = figures[name]
        assert isinstance(value, int | float)
        assert value > 0, name


def test_sale_commit_writes_the_same_bytes_on_both_sides(tmp_path: Path) -> None:
    figures = sale_commit.measure(tmp_path, rounds=20)
    positive(figures, "ratio", "median_us", "bare_median_us", "p99_us", "bare_p99_us")
    assert isinstance(figures["bytes"], int)
    assert figures["bytes"] > 1500  # a ten-line receipt


def test_scan_to_screen_scans_both_sides(tmp_path: Path) -> None:
    figures = scan_to_screen.measure(tmp_path, sales=1)
    positive(figures, "ratio", "median_us", "bare_median_us", "p99_us", "bare_p99_us")
    assert figures["scans"] == scan_to_screen.LINES


def test_start_counts_a_short_and_a_long_journal(tmp_path: Path) -> None:
    figures = start.measure(tmp_path, rounds=1, many_entries=3_000)
    positive(figures, "ratio", "growth", "median_ms", "bare_median_ms", "median_ms_with_many")


def test_memory_is_read_after_a_whole_sale(tmp_path: Path) -> None:
    figures = memory.measure(tmp_path, settle=0.5)
    positive(figures, "ratio", "mb", "bare_mb", "mb_at_start")


def test_zvt_reads_and_writes_every_kind_of_message(tmp_path: Path) -> None:
    figures = zvt.measure(tmp_path, rounds=20)
    positive(figures, "ratio", "median_us", "bare_median_us", "messages_per_s", "bare_messages_per_s")
    assert isinstance(figures["bytes"], int)
    assert figures["bytes"] > 1500  # two receipts and more
    assert len({type(message) for message in zvt.messages()}) > 8


def test_payment_counts_what_lies_between_the_terminals_own_spells(tmp_path: Path) -> None:
    figures = payment.measure(tmp_path, payments=2)
    positive(figures, "ratio", "median_us", "bare_median_us", "p99_us", "bare_p99_us")
    # The intent, the command, the approval, its acknowledgement, the customer's slip, the closing.
    assert figures["rows"] == 6
    parts = figures["parts_us"]
    assert isinstance(parts, dict)
    assert parts.keys() >= {
        "touch > Registration",
        "StatusInformation > Ack",
        "PrintTextBlock > Ack",
        "Completion > screen",
    }
    positive(parts, *parts)


def test_receipt_renders_the_same_lines_on_both_sides(tmp_path: Path) -> None:
    figures = receipt.measure(tmp_path, rounds=3)
    positive(figures, "ratio", "median_us", "bare_median_us", "p99_us", "bare_p99_us", "line_ms", "print_ms")
    assert isinstance(figures["bytes"], int)
    assert isinstance(figures["bare_bytes"], int)
    assert 1500 < figures["bytes"] <= figures["bare_bytes"]
    ours, theirs = receipt.both_on_paper(tmp_path)
    assert ours == theirs
    assert len(ours) > 50
    assert "[CODE128 1-1]" in ours


def test_what_is_not_the_terminals_is_the_tills() -> None:
    spells = [
        Spell("Registration", 1.25, "Completion", 2.0),
        Spell("Ack", 2.5, "", 2.5),
        Spell("Authorisation", 2.75, "Completion", 7.0),
        Spell("Ack", 7.5, "", 7.5),
    ]
    assert payment._share(1.0, spells, 8.0) == {
        "touch > Registration": 0.25,
        "Completion > Ack": 0.5,
        "Ack > Authorisation": 0.25,
        "Completion > screen": 1.0,
    }
    # What the terminal was at work on before the touch is nobody's.
    assert payment._share(1.5, spells, 8.0) == {**payment._share(1.0, spells, 8.0), "touch > Registration": 0.0}


def test_the_command_prints_one_object(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "terminal", "bench", "sale-commit", "--json", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["name"] == "sale-commit"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_named_after_what_it_measures(name: str) -> None:
    module = sys.modules[f"terminal.bench.{name.replace('-', '_')}"]
    assert module.__doc__ is not None
    assert module.__doc__.startswith(f"`kasse bench {name}`")
