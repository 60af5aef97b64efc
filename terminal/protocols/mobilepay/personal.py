"""A customer's own QR code, as their app shows it to be scanned at a till."""

import re

# QR API, "Exchange customer for data"; content seen in the vendor's examples: /28/2/01/031/<phone number>?v=1
_PERSONAL = re.compile(r"https://qr\.(vipps\.no|mobilepay\.dk)/28/[\x21-\x7e]{1,180}")


def is_personal(text: str) -> bool:
    """Whether a scanned text is one."""
    return _PERSONAL.fullmatch(text) is not None
