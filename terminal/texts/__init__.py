"""Words, money and dates in the shop's language: English in the code, Danish in locale/da, kept with Babel."""

from .language import Language, language

__all__ = ["Language", "language"]
