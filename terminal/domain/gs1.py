"""GS1 element strings and Digital Link URIs, taken apart by biip into application identifiers (AI) and their values.

biip is loaded when the first such code comes: it takes 4 MB and 50 ms, and nearly every scan is a plain GTIN. Taking
apart is all it does here. What the values mean is read in codes.py, since biip reads a date with the century of the
board's clock (which may say 1970), and an amount with more decimals than digits as many times what it is.
"""

import functools
import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from biip import ParseConfig
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI
    from biip.gs1_element_strings import GS1ElementStrings
    from biip.gs1_messages import GS1Message

from .gtin import LENGTHS

GS = "\x1d"
"""Ends a value of variable length: FNC1 in the barcode."""

Elements = dict[str, str]
"""AI to value. Of an AI that stands twice the first counts."""

_GTIN_IN_LINK = re.compile(r"/01/([^/]*)")


def element_string(text: str) -> Elements | None:
    """The elements of ASCII as '0105701234567892…', GS between them where needed; None when it is no such string."""
    biip = _biip()
    try:
        return _elements(biip.message.parse(text, config=biip.config).element_strings)
    except biip.failure:
        return None


def bracketed(text: str) -> Elements | None:
    """The same as people write it: '(01)05701234567892(10)AB'."""
    biip = _biip()
    try:
        return _elements(biip.message.parse_hri(text, config=biip.config).element_strings)
    except biip.failure:
        return None


def digital_link(uri: str) -> Elements | None:
    """The elements of a Digital Link on any host (GS1 Digital Link Standard: URI Syntax); None when it is none."""
    biip = _biip()
    end = min(uri.find(mark) if mark in uri else len(uri) for mark in "?#")
    path, rest = uri[:end].rstrip("/"), uri[end:]
    written = _GTIN_IN_LINK.search(path)
    if written is None or len(written[1]) not in LENGTHS:
        # biip pads what is too short with zeros, and a shorter number must not find an item.
        return None
    try:
        return _elements(biip.link.parse(path + rest, config=biip.config).element_strings)
    except (biip.failure, ValueError):
        # ValueError is what the standard library says to a host as '[::'.
        return None


def _elements(strings: "GS1ElementStrings") -> Elements | None:
    # Percent-encoded digits of other scripts pass biip.
    if not all(each.value.isascii() for each in strings):
        return None
    # An empty value passes biip, too.
    return {each.ai.ai: each.value for each in reversed(strings) if each.value}


class _Biip(NamedTuple):
    """What we use of it."""

    message: "type[GS1Message]"
    link: "type[GS1DigitalLinkURI]"
    config: "ParseConfig"
    failure: type[Exception]


@functools.cache
def _biip() -> _Biip:
    _leave_out_company_prefixes()
    from biip import ParseConfig, ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI
    from biip.gs1_messages import GS1Message

    # A date that is none (a day 31 in June, zeros) makes the date unknown and not the item.
    return _Biip(GS1Message, GS1DigitalLinkURI, ParseConfig(gs1_element_strings_verify_date=False), ParseError)


class _Nobody:
    """Says of every prefix that nobody has it."""

    @classmethod
    def extract(cls, _: str) -> None:
        """What biip says of a prefix that it does not know."""


def _leave_out_company_prefixes() -> None:
    """Stand in for biip's table of who was given which prefix, before biip loads it.

    No till asks for it, and it takes two thirds of biip's memory and time: 10 MB that stay, in small pieces between
    what was loaded beside it, even when the table is freed at once (measured in a running till), and 60 ms here.
    """
    if "biip.gs1_prefixes" not in sys.modules:
        stand_in = ModuleType("biip.gs1_prefixes", _Nobody.__doc__)
        for name in ("GS1Prefix", "GS18Prefix", "GS1CompanyPrefix"):
            setattr(stand_in, name, _Nobody)
        sys.modules["biip.gs1_prefixes"] = stand_in
