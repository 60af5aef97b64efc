"""Keyboard wedges: what a scanner types (decoder), how a keyboard says it (keyboard, layouts), and back (typist)."""

from .decoder import KeyDecoder
from .layouts import LAYOUTS
from .typist import Untypable, keystrokes

__all__ = ["LAYOUTS", "KeyDecoder", "Untypable", "keystrokes"]
