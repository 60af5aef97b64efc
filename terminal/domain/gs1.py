"""GS1 element strings and Digital Link URIs, taken apart by biip into application identifiers (AI) and their values.

biip is loaded when the first such code comes: it takes 16 MB and 0.1 s, and nearly every scan is a plain GTIN. Taking
apart is all it does here. What the values mean is read in codes.py, since biip reads a date with the century of the
board's clock (which may say 1970), and an amount with more decimals than digits as many times what it is.
"""

import functools
import re
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
    from biip import ParseConfig, ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI
    from biip.gs1_messages import GS1Message

    _let_go_of_company_prefixes()
    # A date that is none (a day 31 in June, zeros) makes the date unknown and not the item.
    return _Biip(GS1Message, GS1DigitalLinkURI, ParseConfig(gs1_element_strings_verify_date=False), ParseError)


def _let_go_of_company_prefixes() -> None:
    """Free biip's table of who was given which prefix: two thirds of its memory, and no till asks for it.

    The look-up in the empty table finds nothing, and says so as for a prefix that nobody has.
    """
    from biip import gs1_prefixes

    if hasattr(gs1_prefixes, "_GS1_COMPANY_PREFIX_TRIE"):
        gs1_prefixes._GS1_COMPANY_PREFIX_TRIE = {}
