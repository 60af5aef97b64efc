"""The settings file: what is accepted, and the one line that says what is wrong."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect
from stdnum.dk import cvr

from terminal.config.effective import HIDDEN, effective, masked
from terminal.config.explain import PATTERNS, patterns
from terminal.config.load import MOST_BYTES, ConfigError, cvr_fits, load
from terminal.config.settings import DrawerKick, PrinterTcp, ScannerSerial, Settings, ZvtTcp

SHOP = '[shop]\nname = "Torvets Købmand"\ncvr = "12345674"\n'
PIN_HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"
WHOLE = f"""{SHOP}
address = ["Torvet 1", "8000 Aarhus C"]
[register]
id = "2"
language = "en"
[[approvers]]
name = "Mette"
pin_hash = "{PIN_HASH}"
[web]
host = "0.0.0.0"
access_key_file = "/etc/kasse/access-key"
[[scanners]]
driver = "serial"
port = "/dev/ttyACM0"
[printer]
driver = "escpos-tcp"
host = "10.0.0.7"
[drawer]
driver = "printer"
[card]
driver = "zvt-tcp"
host = "10.0.0.8"
password = "123456"
"""
fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(folder: Path, text: str) -> Path:
    path = folder / "kasse.toml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def test_the_least_settings_have_defaults(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, SHOP))
    assert loaded.shop.name == "Torvets Købmand"
    assert (loaded.web.host, loaded.web.port, loaded.register.data) == ("127.0.0.1", 8080, "/var/lib/kasse")
    assert (loaded.scanners, loaded.printer, loaded.drawer, loaded.card) == ((), None, None, None)


def test_a_whole_till(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, WHOLE))
    assert loaded.scanners == (ScannerSerial(port="/dev/ttyACM0"),)
    assert loaded.printer == PrinterTcp(host="10.0.0.7")
    assert loaded.drawer == DrawerKick()
    assert loaded.card == ZvtTcp(host="10.0.0.8", password="123456")
    assert loaded.approvers[0].pin_hash == PIN_HASH


@pytest.mark.parametrize("match", ['path = "/dev/input/event3"', "vendor = 0x05e0", 'unique = "A1"'])
def test_one_mark_is_enough_for_a_keyboard_scanner(tmp_path: Path, match: str) -> None:
    assert len(load(write(tmp_path, f'{SHOP}[[scanners]]\ndriver = "evdev"\n{match}')).scanners) == 1


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    assert load(write(tmp_path, "\ufeff" + SHOP)).shop.cvr == "12345674"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the table [shop] is missing"),
        ('[shop]\nname = "x"', "[shop]: 'cvr' is missing"),
        ('[shop]\nname = "x"\ncvr = "12345675"', "[shop] cvr: 12345675 is no CVR number"),
        ('[shop]\nname = "x"\ncvr = "1234567"', "[shop] cvr: expected eight digits in quotes"),
        ('[shop]\nname = ""\ncvr = "12345674"', "[shop] name: expected text from 1 to 64 characters long"),
        (SHOP + "[shopp]", "unknown key 'shopp': did you mean 'shop'?"),
        (SHOP + "[web]\nprot = 1", "[web]: unknown key 'prot': did you mean 'port'?"),
        (SHOP + "[web]\nxyzzy = 1", "[web]: unknown key 'xyzzy': one of host, port, access_key_file"),
        (SHOP + '[web]\nport = "8080"', "[web] port: expected a whole number, not text in quotes"),
        (SHOP + "[web]\nport = 99999", "[web] port: expected a whole number from 1 to 65535"),
        (SHOP + 'printer = "x"', "[shop]: unknown key 'printer': 'printer' is a table of its own, [printer]"),
        (SHOP + '[printer]\nhost = "x"', "[printer]: 'driver' is missing: one of escpos-tcp, escpos-serial"),
        (SHOP + '[printer]\ndriver = "escpos-tpc"', "[printer] driver: there is no driver 'escpos-tpc': did you mean"),
        (SHOP + '[printer]\ndriver = "escpos-tcp"\nhots = "x"', "[printer]: unknown key 'hots': did you mean 'host'?"),
        (SHOP + '[card]\ndriver = "zvt-tcp"', "[card]: 'host' is missing"),
        (SHOP + '[register]\nlanguage = "de"', "[register] language: 'de' cannot be chosen: one of 'da', 'en'"),
        (SHOP + '[scanners]\ndriver = "serial"', "[scanners]: there may be several, so each has double brackets"),
        (
            SHOP + '[[scanners]]\ndriver = "serial"\nport = "/dev/x"\n[[scanners]]\ndriver = "serial"\nport = 5',
            "[[scanners]] number 2, port: expected text in quotes, not a whole number",
        ),
        (SHOP + '[[scanners]]\ndriver = "evdev"', "[[scanners]] number 1: give its path, or its vendor and product"),
        (
            SHOP + '[[scanners]]\ndriver = "serial"\nport = "a"\n' * 2,
            "devices: the name 'scanner' is used 2 times",
        ),
        (
            SHOP + '[printer]\ndriver = "escpos-lp"\ninstead = "bar"',
            "the printer 'printer', instead: 'bar' is no other printer: there is no other one",
        ),
        (
            SHOP
            + '[printer]\ndriver = "escpos-tcp"\nhost = "Bon"\n'
            + '[[more_printers]]\ndriver = "escpos-tcp"\nhost = "bon"\nname = "bar"',
            "the printers 'printer' and 'bar' are the same device: give each its own",
        ),
        (
            SHOP + '[printer]\ndriver = "escpos-lp"\n[[more_printers]]\ndriver = "escpos-lp"\nname = "bar"',
            "the printers 'printer' and 'bar' are the same device",
        ),
        (
            SHOP + '[printer]\ndriver = "escpos-usb"\n[[more_printers]]\ndriver = "escpos-usb"\nname = "bar"',
            "the printers 'printer' and 'bar' are the same device",
        ),
        (SHOP + '[drawer]\ndriver = "printer"', "[drawer] driver: 'printer' opens the drawer through the printer"),
        (SHOP + f'[[approvers]]\nname = "A"\npin_hash = "{PIN_HASH}"\n' * 2, "[[approvers]]: the name 'A' is used 2"),
        (
            SHOP + '[[tenders]]\nkind = "voucher"\nname = "A"\n' * 2,
            "[[tenders]]: the kind 'voucher' is used 2 times: give each a kind of its own",
        ),
        (
            SHOP + '[[customers]]\nnumber = "1"\nname = "A"\ncredit_limit = 0\n' * 2,
            "[[customers]]: the number '1' is used 2 times",
        ),
        (SHOP + '[web]\nhost = "a\\u0000b"', "[web] host holds a control character"),
        ("[shop\n", "is not TOML: "),
        ("a = " + "[" * 100_000, "is not TOML for a till"),
        ("a = " + "9" * 5000, "is not TOML: "),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    assert complaint(tmp_path, text).startswith(said)


@pytest.mark.parametrize(
    "pin_hash",
    ["hunter2", "$argon2id$hunter2", "$argon2id$v=19$m=999999,t=2,p=1$aHVudGVyMg$aHVudGVyMg"],
)
def test_a_bad_pin_hash_is_not_shown(tmp_path: Path, pin_hash: str) -> None:
    said = complaint(tmp_path, SHOP + f'[[approvers]]\nname = "A"\npin_hash = "{pin_hash}"')
    assert said.startswith("[[approvers]] number 1, pin_hash: ")
    assert pin_hash not in said


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)
    with pytest.raises(ConfigError, match="is larger than"):
        load(write(tmp_path, "#" * (MOST_BYTES + 1)))
    latin = tmp_path / "latin.toml"
    latin.write_bytes('[shop]\nname = "Købmand"'.encode("latin-1"))
    with pytest.raises(ConfigError, match="line 2 is not UTF-8"):
        load(latin)


@fuzz
@given(content=st.binary(max_size=200))
def test_any_bytes_are_settings_or_a_config_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        load(path)


KEYS = sorted({line.split(" ")[0] for line in WHOLE.splitlines() if " = " in line} | {"driver", "xyz"})
VALUES = st.one_of(
    st.integers().map(str),
    st.text(st.characters(exclude_characters='"\\', categories=["L", "N", "P", "S"]), max_size=20).map('"{}"'.format),
    st.sampled_from(["true", "1.5", "[]", "[1]", '["a"]', "{}", "{a = 1}", "2020-01-01", '"zvt-tcp"', '"serial"']),
)


@fuzz
@given(
    table=st.sampled_from(["[shop]", "[register]", "[web]", "[[scanners]]", "[printer]", "[card]", "[drawer]", "[x]"]),
    entries=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4),
)
def test_any_table_is_settings_or_one_line(tmp_path: Path, table: str, entries: dict[str, str]) -> None:
    body = "\n".join(f"{key} = {value}" for key, value in entries.items())
    path = write(tmp_path, f"{SHOP if table != '[shop]' else ''}{table}\n{body}")
    said, loaded = "", None
    try:
        loaded = load(path)
    except ConfigError as error:
        said = str(error)
    if loaded is None:
        assert "\n" not in said
        assert len(said.removeprefix(str(path))) in range(1, 600)
    else:
        assert tomllib.loads(effective(loaded))["shop"]["cvr"] == loaded.shop.cvr


@given(number=st.integers(0, 99_999_999).map("{:08}".format))
def test_cvr_is_checked_as_python_stdnum_does(number: str) -> None:
    assert cvr_fits(number) == cvr.is_valid(number)


def test_every_pattern_of_the_settings_has_words() -> None:
    assert patterns(inspect.type_info(Settings)) == set(PATTERNS)


def test_effective_settings_hold_everything_but_the_secrets(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, WHOLE))
    shown = effective(loaded)
    assert PIN_HASH not in shown
    assert "123456\n" not in shown
    # With the secrets put back it is the same till.
    restored = shown.replace(f'pin_hash = "{HIDDEN}"', f'pin_hash = "{PIN_HASH}"')
    restored = restored.replace(f'password = "{HIDDEN}"', 'password = "123456"')
    assert load(write(tmp_path, restored)) == loaded
    assert "/etc/kasse/access-key" in shown
    assert masked(loaded)["card"]["password"] == HIDDEN


def test_effective_settings_of_a_till_without_devices(tmp_path: Path) -> None:
    shown = effective(load(write(tmp_path, SHOP)))
    assert "# printer: none" in shown
    assert "port = 8080" in shown
    assert load(write(tmp_path, shown)) == load(write(tmp_path, SHOP))
