"""Keyboard wedges: what a scanner types (decoder), how a keyboard says it (keyboard, layouts), and back (typist)."""

from .decoder import KeyDecoder
from .keyboard import Lock
from .layouts import LAYOUTS, LayoutName
from .typist import Untypable, keystrokes

__all__ = ["LAYOUTS", "KeyDecoder", "LayoutName", "Lock", "Untypable", "keystrokes"]
