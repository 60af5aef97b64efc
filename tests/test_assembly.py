"""What keeps a till from starting, said in one line. The till is a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = """
[shop]
name = "Torvets Købmand"
cvr = "12345674"
[register]
data = "{data}"
[card]
driver = "nexo"
host = "127.0.0.1"
poi_id = "SIM1-000000001"
sale_id = "till-1"
ca_file = "{data}/ca.pem"
server_name = "sim1.example"
key_identifier = "key"
passphrase_file = "{secret}"
"""


@pytest.mark.parametrize(
    ("secret", "said"),
    [(None, "has no passphrase"), ("kødpålæg på rugbrød", "ASCII"), ("short", "at least 16 characters")],
)
def test_a_nexo_terminal_without_a_good_passphrase(tmp_path: Path, secret: str | None, said: str) -> None:
    file = tmp_path / "passphrase"
    if secret is not None:
        file.touch(mode=0o600)
        file.write_text(secret, encoding="utf-8")
    config = tmp_path / "kasse.toml"
    data = tmp_path / "data"
    config.write_text(SETTINGS.format(data=data, secret=file if secret else ""), encoding="utf-8")
    command = [sys.executable, "-m", "terminal", "run", "--config", str(config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("kasse: ")
    assert said in last
    assert secret is None or secret not in done.stderr
