"""`python tests/web/serve.py [port]`: the screens with the demo's items and devices that always say yes; for working on
the screens. Card payments are approved three seconds after they are asked for.
"""

import logging
import sys
import tempfile
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.web.shop import Shop, open_shop, serving


async def _customer(shop: Shop) -> None:
    """Has a card that is always good for it."""
    seen = -1
    while True:
        seen = await shop.parts.changes.wait(seen)
        payment = shop.parts.till.state.payments.get("card")
        if payment is not None and payment.state == "sent":
            for code in ("0A", "01", "04"):
                shop.reader.say(code)
                await anyio.sleep(1)
            shop.reader.approve(payment.intent.amount)
            await anyio.sleep(0.1)


async def main(port: int) -> None:
    """Serve until Ctrl-C."""
    logging.basicConfig(level=logging.INFO)
    with tempfile.TemporaryDirectory() as folder, open_shop(Path(folder)) as shop:
        async with serving(shop, port), anyio.create_task_group() as tasks:
            sys.stdout.write(f"{shop.address}/till\n")
            sys.stdout.flush()
            tasks.start_soon(_customer, shop)
            await anyio.sleep_forever()


if __name__ == "__main__":
    anyio.run(main, int(sys.argv[1]) if len(sys.argv) > 1 else 8090)
