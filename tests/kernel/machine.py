"""The small machine: Debian's kernel in QEMU, with this machine's files, read only, as its own.

Software emulation, so that it needs no rights and no other virtual machine around it may mind.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from .initrd import initrd
from .till import prepare

ROOT = Path(__file__).parent.parent.parent
KERNEL = ROOT / "build/kernel"
MODULES = (
    "virtio_pci", "9p", "9pnet_virtio", "overlay", "configfs",
    "evdev", "usbhid", "hid_generic", "cdc_acm", "usblp",
    "dummy_hcd", "usb_f_hid", "usb_f_acm", "usb_f_printer", "uhid", "hid_cp2112",
)  # fmt: skip
PATIENCE = 480.0
"""Seconds for the start and the first scenario, and for each that follows."""


class Result(msgspec.Struct, frozen=True):
    """What became of a scenario."""

    name: str
    seconds: float
    why: str
    """Empty: all was well."""


class Machine:
    """It runs, and says one result after the other."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes]") -> None:
        self._folder = folder
        self._process = process
        self._results: dict[str, Result] = {}

    def result(self, name: str) -> Result:
        """Wait for this scenario's. Raises AssertionError when it did not run to its end."""
        end = time.monotonic() + PATIENCE
        while name not in self._results:
            ended = self._process.poll() is not None
            self._read()
            if name in self._results:
                break
            assert not ended, f"the small machine ended before {name} did\n{self._console()}"
            assert time.monotonic() < end, f"{name} did not end within {PATIENCE:g} s\n{self._console()}"
            time.sleep(0.1)
        return self._results[name]

    def _read(self) -> None:
        lines = (self._folder / "results").read_bytes().split(b"\n")[:-1]
        for line in lines:
            if line.strip() not in (b"", b"{}"):
                result = msgspec.json.decode(line, type=Result)
                assert result.name, f"the scenarios could not begin\n{result.why}\n{self._console()}"
                self._results[result.name] = result

    def _console(self) -> str:
        return (self._folder / "console").read_text(errors="replace")[-6000:]


@contextmanager
def machine(folder: Path, wanted: Mapping[str, str]) -> Iterator[Machine]:
    """Boot it, run these scenarios, each with its settings, switch it off. What it says goes into files of `folder`."""
    image = next(KERNEL.glob("boot/vmlinuz-*"))
    (folder / "initrd").write_bytes(initrd(KERNEL, MODULES, Path(__file__).with_name("init")))
    prepare(folder / "till")
    (folder / "wanted").write_text(json.dumps(dict(wanted)))
    (folder / "results").touch()
    words = {"KASSE_PYTHON": sys.executable, "KASSE_FOLDER": ROOT, "KASSE_GIVEN": folder}
    settings = " ".join(f'"{name}={value}"' for name, value in words.items())
    command = [
        "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
        "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1536",
        "-kernel", str(image), "-initrd", str(folder / "initrd"),
        "-append", f"console=ttyS0 quiet panic=-1 oops=panic no_timer_check mitigations=off {settings}",
        "-chardev", f"file,id=console,path={folder / 'console'}", "-serial", "chardev:console",
        "-chardev", f"file,id=results,path={folder / 'results'}", "-serial", "chardev:results",
        "-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
        "-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
    ]  # fmt: skip
    with (folder / "qemu.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield Machine(folder, process)
        finally:
            process.kill()
            process.wait()
