"""The units as systemd's own tools read them, and what `make install` lays out."""

import grp
import os
import pwd
import re
import subprocess
from pathlib import Path

import pytest

from terminal.config.load import load

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
UNIT = UNITS / "kasse.service"
MOST_EXPOSURE = 2.0


def run(*command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The command's end, with all it said."""
    return subprocess.run(
        [str(each) for each in command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `make install` has filled, with a shop's own settings in it before."""
    folder = tmp_path_factory.mktemp("root")
    (folder / "etc/kasse").mkdir(parents=True)
    (folder / "etc/kasse/kasse.toml").write_text("# mine\n")
    # Without the outer make's own variables: this is another make.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = run("make", "--no-print-directory", "install", f"DESTDIR={folder}", env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def settings(name: str) -> list[str]:
    """What the unit says for one of its keys."""
    return re.findall(rf"^{re.escape(name)}=(.*)$", UNIT.read_text(), re.MULTILINE)


def test_what_is_installed_and_where(installed: Path) -> None:
    files = {str(path.relative_to(installed)) for path in installed.rglob("*") if not path.is_dir()}
    outside = {name for name in files if not name.startswith("opt/kasse/venv/")}

    assert outside == {
        "etc/kasse/kasse.toml",
        "usr/bin/kasse",
        "usr/lib/systemd/system/kasse.service",
        "usr/lib/sysusers.d/kasse.conf",
        "usr/lib/tmpfiles.d/kasse.conf",
        "usr/lib/udev/rules.d/60-kasse.rules",
        "usr/share/doc/kasse/README.md",
        "usr/share/doc/kasse/copyright",
        "usr/share/doc/kasse/hardware/README.md",
        "usr/share/doc/kasse/hardware/acceptance.md",
        *(f"usr/share/doc/kasse/hardware/wiring/{path.name}" for path in (ROOT / "hardware/wiring").glob("*.svg")),
        "usr/share/doc/kasse/kasse.toml",
        "usr/share/doc/kasse/systemd/README.md",
        "usr/share/doc/kasse/terminal/README.md",
    }
    assert (installed / "usr/bin/kasse").readlink() == Path("/opt/kasse/venv/bin/kasse")


def test_the_wheel_holds_all_that_the_code_reads(installed: Path) -> None:
    tracked = run("git", "ls-files", "-z", "terminal").stdout.split("\0")
    shipped = next((installed / "opt/kasse/venv/lib").glob("python3.*")) / "site-packages"

    assert [name for name in tracked if name and (ROOT / name).exists() and not (shipped / name).exists()] == []
    for source in shipped.glob("terminal/texts/locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        assert compiled.exists()
        assert compiled.stat().st_mtime >= source.stat().st_mtime


def test_the_installed_tree_does_not_remember_where_it_was_made(installed: Path) -> None:
    venv = installed / "opt/kasse/venv"
    naming = [path for path in venv.rglob("*") if path.is_file() and str(installed).encode() in path.read_bytes()]

    assert naming == []
    assert (venv / "bin/kasse").read_text().splitlines()[0] == "#!/opt/kasse/venv/bin/python"


def test_the_installed_program_runs(installed: Path) -> None:
    shown = run(installed / "opt/kasse/venv/bin/python", installed / "opt/kasse/venv/bin/kasse", "--help")

    assert shown.returncode == 0, shown.stderr
    assert "check-config" in shown.stdout


def test_settings_that_are_there_are_not_overwritten(installed: Path) -> None:
    assert (installed / "etc/kasse/kasse.toml").read_text() == "# mine\n"


def test_the_example_settings_are_good() -> None:
    loaded = load(UNITS / "kasse.toml")

    assert loaded.register.data == "/var/lib/kasse"
    assert loaded.web.host == "127.0.0.1"


def test_every_setting_of_the_example_that_is_commented_out_is_good(tmp_path: Path) -> None:
    text = (UNITS / "kasse.toml").read_text()
    whole = tmp_path / "kasse.toml"
    whole.write_text(re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE))

    loaded = load(whole)

    assert loaded.scanners
    assert loaded.printer
    assert loaded.drawer
    assert loaded.card
    assert loaded.shop.address


def test_systemd_finds_nothing_to_say_about_the_unit(installed: Path, tmp_path: Path) -> None:
    there = tmp_path / "kasse.service"
    # verify looks for the program, which on this machine lies below a folder.
    there.write_text(UNIT.read_text().replace("/opt/kasse", str(installed / "opt/kasse")))

    verified = run("systemd-analyze", "verify", "--man=no", there)

    said = [line for line in (verified.stdout + verified.stderr).splitlines() if "kasse" in line]
    assert said == []
    assert verified.returncode == 0, verified.stderr


def test_the_unit_is_exposed_no_more_than_agreed() -> None:
    threshold = str(round(MOST_EXPOSURE * 10))
    within = run("systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={threshold}", UNIT)

    assert within.returncode == 0, within.stdout
    overall = re.search(r"Overall exposure level for kasse\.service: ([0-9.]+)", within.stdout)
    assert overall
    assert float(overall[1]) <= MOST_EXPOSURE


def test_the_unit_is_told_when_the_till_is_ready_and_alive() -> None:
    assert settings("Type") == ["notify"]
    assert settings("NotifyAccess") == ["main"]
    assert settings("WatchdogSec") == ["30"]
    assert settings("Restart") == ["on-failure"]
    assert settings("StartLimitBurst")
    assert settings("StartLimitIntervalSec")


def test_a_missing_credential_does_not_keep_the_till_from_starting() -> None:
    """systemd passes over a credential that is looked up by name and not there; a path that is not there is fatal."""
    sources = [value.split(":")[1] for value in settings("LoadCredential")]

    assert sources
    assert not any("/" in source for source in sources)


def test_the_devices_and_no_other() -> None:
    assert settings("DevicePolicy") == ["closed"]
    assert dict(value.split() for value in settings("DeviceAllow")) == {
        "char-input": "r",
        "char-hidraw": "r",
        "char-ttyACM": "rw",
        "char-ttyUSB": "rw",
        "char-ttyAMA": "rw",
        "char-ttyS": "rw",
        "char-usb": "rw",
        "char-usb_device": "rw",
        "char-gpiochip": "rw",
    }


def test_the_kernel_knows_each_kind_of_device_before_the_till_starts() -> None:
    """systemd looks the kinds up when it starts a service (systemd.resource-control(5)): one whose module comes with
    the first plug would be refused until the next start."""
    kinds = {value.split()[0] for value in settings("DeviceAllow")}
    built_in = {"char-input", "char-ttyAMA", "char-ttyS", "char-gpiochip"}
    modules = {
        "char-usb": "usbcore",
        "char-usb_device": "usbcore",
        "char-ttyACM": "cdc_acm",
        "char-ttyUSB": "usbserial",
        "char-hidraw": "hid",
    }

    assert kinds == built_in | set(modules)
    units = {f"modprobe@{module}.service" for module in modules.values()}
    assert set(" ".join(settings("Wants")).split()) == units
    assert units <= set(" ".join(settings("After")).split())


def test_the_user_and_the_group_are_made(installed: Path) -> None:
    told = run("systemd-sysusers", "--dry-run", f"--root={installed}")

    assert told.returncode == 0, told.stderr
    said = told.stdout + told.stderr
    assert re.search(r"Creating user 'kasse' \(Kasse point-of-sale terminal\)", said)
    assert re.search(r"Creating group 'gpio'", said)


def test_every_group_of_the_service_exists_or_is_made() -> None:
    made = re.findall(r"^[gu] (\w+)", (UNITS / "kasse.sysusers.conf").read_text(), re.MULTILINE)
    # base-passwd and udev bring these on every Debian.
    brought = {"dialout", "input", "lp"}

    assert {*settings("User"), *settings("Group")} <= set(made)
    assert set(settings("SupplementaryGroups")[0].split()) <= brought | set(made)


def test_the_folders_are_made(installed: Path) -> None:
    etc = installed / "etc"
    (etc / "passwd").write_text(f"root:x:0:0::/root:/bin/sh\nkasse:x:{os.getuid()}:{os.getgid()}::/:/bin/sh\n")
    (etc / "group").write_text(f"root:x:0:\nkasse:x:{os.getgid()}:\n")

    made = run("systemd-tmpfiles", "--create", f"--root={installed}", "kasse.conf")

    # Whoever is not root may not give files away; that the lines were read is seen all the same.
    assert "kasse.conf:" not in made.stderr, made.stderr
    assert (etc / "credstore").stat().st_mode & 0o777 == 0o700
    if os.getuid() == 0:
        assert made.returncode == 0, made.stderr
        settings_file = (etc / "kasse/kasse.toml").stat()
        assert settings_file.st_mode & 0o777 == 0o640
        assert pwd.getpwuid(settings_file.st_uid).pw_name == grp.getgrgid(settings_file.st_gid).gr_name == "root"


def rules() -> list[list[tuple[str, str, str]]]:
    """The udev rules: each a list of (key, operator, value)."""
    found = []
    for line in (UNITS / "60-kasse.rules").read_text().splitlines():
        if line and not line.startswith("#"):
            parts = re.findall(r'([A-Z_]+(?:\{[^}]+\})?)(==|!=|\+=|:=|=)"([^"]*)"', line)
            assert ", ".join(f'{key}{operator}"{value}"' for key, operator, value in parts) == line
            found.append(parts)
    return found


def test_every_device_is_for_a_group_of_the_service_and_for_nobody_else() -> None:
    groups = set(settings("SupplementaryGroups")[0].split())
    given = [{key: value for key, _, value in rule} for rule in rules()]
    opened = [rule for rule in given if "MODE" in rule or "GROUP" in rule]

    assert {rule["GROUP"] for rule in opened} == groups
    assert {rule["MODE"] for rule in opened} == {"0660"}
    assert all("KERNEL" in rule and "SUBSYSTEM" in rule for rule in opened)


def test_udev_reads_the_rules() -> None:
    """Where udev has the command: Debian 13, not 12. How they are written is tested above on both."""
    tool = run("udevadm", "verify", "--resolve-names=never", UNITS / "60-kasse.rules")

    assert tool.returncode == 0 or "Unknown command verb" in tool.stderr, tool.stdout + tool.stderr
