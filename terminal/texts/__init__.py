"""Words, money and dates in the shop's language: English in the code, Danish in locale/da, kept with Babel."""

from .language import Language, language

N_ = str
"""Marks a message for extraction; the language turns it into words when it is shown."""

__all__ = ["N_", "Language", "language"]
