"""Keyboard wedges: what a scanner types (decoder), how a keyboard says it (keycodes, layouts), and back (typist)."""

from .decoder import KeyDecoder
from .layouts import LAYOUTS, LayoutName
from .typist import Untypable, keystrokes

__all__ = ["LAYOUTS", "KeyDecoder", "LayoutName", "Untypable", "keystrokes"]
