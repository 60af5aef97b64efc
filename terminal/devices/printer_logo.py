"""Asking a printer which pictures it keeps."""

import anyio

from terminal.protocols.escpos import stored

from .printer_wire import Wire

_MOST_BLOCKS = 16


async def keys(wire: Wire, *, patience: float) -> frozenset[stored.Key] | None:
    """Their keys; None when it says none within `patience` seconds a block. Raises DeviceError when the wire fails."""
    wire.discard_input()
    await wire.send(stored.ASK_KEYS, stall=patience)
    found: frozenset[stored.Key] = frozenset()
    for _ in range(_MOST_BLOCKS):
        block = await _block(wire, patience)
        if block is None:
            return None
        await wire.send(stored.ACKNOWLEDGE, stall=patience)
        found |= block[0]
        if not block[1]:
            return found
    return None


async def _block(wire: Wire, patience: float) -> tuple[frozenset[stored.Key], bool] | None:
    answer = b""
    with anyio.move_on_after(patience):
        while len(answer) <= stored.MOST_ANSWER:
            answer += await wire.receive()
            block = stored.keys_in(answer)
            if block is not None:
                return block
    return None
