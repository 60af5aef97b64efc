"""The envelope, against the vendor's npm package itself. Where there is no npm, test_envelope has what it made once."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from terminal.protocols.nexo import envelope
from tests.protocols.nexo import vendor

if vendor.AVAILABLE:

    @pytest.fixture(scope="module")
    def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
        return vendor.fetch(tmp_path_factory.mktemp("npm"))

    def test_the_vendor_opens_what_we_seal(package: Path) -> None:
        tasks: list[dict[str, Any]] = []
        messages = vendor.messages()
        for number, message in enumerate(messages):
            name, passphrase = f"key-{number}", f"a passphrase, number {number}"
            sealed = envelope.seal(envelope.Key(name, number, passphrase), message, os.urandom(16))
            inner = json.loads(sealed)[message.kind]
            tasks.append({"identifier": name, "version": number, "passphrase": passphrase, "sealed": inner})

        assert vendor.ask(package, tasks) == [message.encode().decode() for message in messages]

    def test_we_open_what_the_vendor_seals(package: Path) -> None:
        tasks: list[dict[str, Any]] = [
            {"identifier": "k", "version": 1, "passphrase": "x" * length, "plain": message.encode().decode()}
            for length, message in enumerate(vendor.messages(), start=16)
        ]
        for task, sealed in zip(tasks, vendor.ask(package, tasks), strict=True):
            key = envelope.Key("k", 1, task["passphrase"])
            assert envelope.open_sealed(key, json.dumps(sealed).encode())[1].decode() == task["plain"]
