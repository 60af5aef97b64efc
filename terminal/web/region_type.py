"""What a region is."""

from collections.abc import Callable
from typing import NamedTuple

from .look import Look


class Region(NamedTuple):
    """One element of the page, known by its id."""

    name: str
    inputs: Callable[[Look], tuple[object, ...]]
    draw: Callable[[Look], str]
