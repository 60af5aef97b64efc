"""The vendor's npm package, where npm is there; and the vectors that it made once.

`python -m tests.protocols.nexo.vendor` makes data/vectors.json anew.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from terminal.domain.money import Amount
from terminal.domain.payment import Approved, PaymentIntent
from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo import requests

PACKAGE = "@adyen/api-library@32.1.0"
HERE = Path(__file__).parent
VECTORS = HERE / "data" / "vectors.json"
AVAILABLE = shutil.which("npm") is not None and shutil.which("node") is not None


class Vector(msgspec.Struct, frozen=True):
    """A message and what the vendor's package made of it."""

    identifier: str
    version: int
    passphrase: str
    plain: str
    sealed: dict[str, Any]


def vectors() -> list[Vector]:
    """As they were made once."""
    return msgspec.json.decode(VECTORS.read_bytes(), type=list[Vector])


def fetch(folder: Path) -> Path:
    """The package alone, unpacked: its envelope needs none of what it depends on."""
    npm = shutil.which("npm") or "npm"
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), PACKAGE]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    (archive,) = folder.glob("*.tgz")
    # Not tarfile: its safe filter came in the middle of Python 3.11.
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)
    return folder / "package"


def ask(package: Path, tasks: list[dict[str, Any]]) -> list[Any]:
    """The vendor's results for tasks as vendor.cjs has them."""
    command = [shutil.which("node") or "node", str(HERE / "vendor.cjs"), str(package)]
    given = json.dumps(tasks)
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=60)
    found: list[Any] = json.loads(done.stdout)
    return found


def messages() -> list[m.Message]:
    """Of every kind a till sends, one with letters beyond ASCII, and one answer."""
    intent = PaymentIntent(7, 3, Amount(12550), key="11111111-aaaa-4bbb-8ccc-000000000007")
    paid = Approved(Amount(12550), reference="2026-11-24T19:51:14.000Z/SIM1.PSP1")
    back = PaymentIntent(8, 4, Amount(50), purpose="refund", key="22222222-aaaa-4bbb-8ccc-000000000008", of=paid)
    service, at = requests.service_id(intent), "2026-11-24T19:51:14.000Z"

    def head(category: m.Category) -> m.Header:
        return requests.header(category, service, sale_id="till-1", poi_id="SIM1-000000001")

    answer = m.PaymentResponse(
        response=m.Response("Success"),
        payment_result=m.PaymentResult("Normal", m.AmountsResp(Decimal("125.50"), "DKK")),
        payment_receipt=(m.PaymentReceipt("CustomerReceipt", m.OutputContent("Text", (m.OutputText("Beløb æøå €"),))),),
    )
    theirs = msgspec.structs.replace(head("Payment"), message_type="Response")
    return [
        requests.money(head("Payment"), intent, at=at),
        requests.money(head("Reversal"), back, at=at),
        requests.status(head("TransactionStatus"), "Payment", service),
        requests.abort(head("Abort"), "Payment", service),
        requests.login(head("Login"), at=at, version="1.0", language="da"),
        requests.logout(head("Logout")),
        requests.diagnosis(head("Diagnosis")),
        m.Message("SaleToPOIResponse", m.Answer(message_header=theirs, payment_response=answer)),
    ]


def main() -> int:
    """Make the vectors; the exit status."""
    tasks: list[dict[str, Any]] = [
        {
            "identifier": f"key-{number}",
            "version": number,
            "passphrase": f"correct horse battery {number}",
            "plain": message.encode().decode(),
        }
        for number, message in enumerate(messages())
    ]
    with tempfile.TemporaryDirectory() as folder:
        sealed = ask(fetch(Path(folder)), tasks)
    made = [{**task, "sealed": each} for task, each in zip(tasks, sealed, strict=True)]
    VECTORS.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
