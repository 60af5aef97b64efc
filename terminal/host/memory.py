"""Giving memory back: on a board with 512 MB what was only needed for loading should not stay.

Measured on a start with all parts: loading the barcode and receipt libraries leaves 9 MB of freed blocks that the C
library keeps until it is asked; a second arena for the one worker thread costs 2 MB more.
"""

import ctypes
import gc

_M_ARENA_MAX = -8


def one_arena() -> None:
    """Let all threads share one heap. Before the first thread."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc has it, musl has not
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return freed memory to the system, and leave what was loaded out of later garbage collections."""
    gc.collect()
    gc.freeze()
    # A scan makes some thousand small objects that die by themselves: Python's 700 would look through them twice.
    gc.set_threshold(10_000, 10, 10)
    gc.enable()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
