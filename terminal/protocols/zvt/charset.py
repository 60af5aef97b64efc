"""The terminal's text: code page 437 unless the registration agreed on UTF-8 (chapters 2.1, 9.4.2 tags 14 and 27, 15).

Code page 437 has no ø, so the till asks for UTF-8; a terminal that does not echo the wish stays with 437.
"""

from typing import Literal

Charset = Literal["cp437", "utf-8"]

UTF_8 = b"\xfe"
"""Tag 14's value for UTF-8."""


def text(data: bytes, charset: Charset = "cp437") -> str:
    """Printable text of any bytes; control characters become spaces."""
    try:
        found = data.decode(charset)
    except UnicodeDecodeError:
        # Terminals are seen to agree on UTF-8 and yet send some texts of their host in 437: every byte is one there.
        found = data.decode("cp437")
    if found.isprintable():
        return found
    return "".join(char if char.isprintable() else " " for char in found)
