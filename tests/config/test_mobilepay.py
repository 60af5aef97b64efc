"""The table of MobilePay: what it takes, and that an unsafe address is no setting."""

from pathlib import Path

import pytest

from terminal.config.load import ConfigError, load
from terminal.config.settings import MobilePay

SHOP = '[shop]\nname = "Shop"\ncvr = "10150817"\n'
TABLE = """
[mobilepay]
merchant_serial = "123456"
client_id = "fb492b5e-7907-4d83-ba20-c7fb60ca35de"
client_secret_file = "/etc/kasse/mobilepay-client-secret"
subscription_key_file = "/etc/kasse/mobilepay-subscription-key"
"""


def read(folder: Path, more: str = "") -> MobilePay | None:
    path = folder / "kasse.toml"
    path.write_text(SHOP + TABLE + more)
    return load(path).mobilepay


def test_the_least_that_it_takes(tmp_path: Path) -> None:
    table = read(tmp_path)

    assert table is not None
    assert (table.base_url, table.poll_ms, table.webhook_secret_file) == ("https://api.vipps.no", 1000, "")


@pytest.mark.parametrize("url", ["https://apitest.vipps.no", "http://127.0.0.1:8443", "http://localhost/x"])
def test_an_address(tmp_path: Path, url: str) -> None:
    table = read(tmp_path, f'base_url = "{url}"')

    assert table is not None
    assert table.base_url == url


@pytest.mark.parametrize(
    "url", ["http://api.vipps.no", "http://localhost.example.com", "https://me@api.vipps.no", "https://a/?b", "a"]
)
def test_an_address_that_is_not_safe(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match=r"base_url: .*https://"):
        read(tmp_path, f'base_url = "{url}"')


@pytest.mark.parametrize("line", ['client_secret = "abc"', "poll_ms = 10", 'name = "Mobile Pay"'])
def test_what_it_does_not_take(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError):
        read(tmp_path, line)
