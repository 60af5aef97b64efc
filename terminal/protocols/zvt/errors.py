"""What can be wrong with ZVT bytes.

    ZvtError
        ApduError     the frame: cut off, longer than the limit, something behind its end
        FieldError    a parameter or a bitmap runs past the end, or says what its format cannot say
        EncodeError   our own value does not fit its field: a fault of the caller

Trying again does not help with any of them: the same bytes are wrong again.
"""


class ZvtError(Exception):
    """Base of all. The message is one English sentence and holds no card data."""


class ApduError(ZvtError):
    """The frame is wrong: where the next one begins is not known any more."""


class FieldError(ZvtError):
    """The frame is right, its content is not."""


class EncodeError(ZvtError):
    """A value of ours does not fit its field."""
