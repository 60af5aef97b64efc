"""One type for each message (chapters 2 and 3). Together they hold every byte of the APDU they were read from.

What a message says beyond its own parameters stands in `fields`. A control field that is not here is Other.
"""

from typing import ClassVar

import msgspec

from terminal.protocols.masking import mask_text

from . import bcd
from . import bitmaps as b
from .bitmaps import NO_FIELDS, Fields
from .errors import FieldError


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of all."""

    CONTROL: ClassVar[int]
    """Class and instruction."""
    long: bool = False
    """The APDU's length stood in three bytes although one would have done."""

    def __repr__(self) -> str:
        """For the log: what it says, without card data and password."""
        said = ((name, getattr(self, name)) for name in self.__struct_fields__ if name not in ("password", "long"))
        return f"{type(self).__name__}({' '.join(f'{k}={v!r}' for k, v in said if v not in (None, NO_FIELDS))})"


class Registration(Message, frozen=True):
    """06 00, from the till (2.1)."""

    CONTROL: ClassVar[int] = 0x0600
    password: str
    """Six hexadecimal digits, as all passwords here."""
    config: int
    currency: int | None = None
    """ISO 4217 numeric."""
    fields: Fields = NO_FIELDS


class Authorisation(Message, frozen=True):
    """06 01, from the till (2.2): take money from a card."""

    CONTROL: ClassVar[int] = 0x0601
    fields: Fields = NO_FIELDS


class LogOff(Message, frozen=True):
    """06 02, from the till (2.24). No completion follows."""

    CONTROL: ClassVar[int] = 0x0602
    fields: Fields = NO_FIELDS


class Reversal(Message, frozen=True):
    """06 30, from the till (2.9): take back the payment with a receipt number."""

    CONTROL: ClassVar[int] = 0x0630
    password: str
    fields: Fields = NO_FIELDS


class Refund(Message, frozen=True):
    """06 31, from the till (2.15)."""

    CONTROL: ClassVar[int] = 0x0631
    password: str
    fields: Fields = NO_FIELDS


class EndOfDay(Message, frozen=True):
    """06 50, from the till (2.16)."""

    CONTROL: ClassVar[int] = 0x0650
    password: str
    fields: Fields = NO_FIELDS


class RepeatReceipt(Message, frozen=True):
    """06 20, from the till (2.20): with service byte 03 the enquiry about the last transaction, nothing printed."""

    CONTROL: ClassVar[int] = 0x0620
    password: str
    fields: Fields = NO_FIELDS


class StatusEnquiry(Message, frozen=True):
    """05 01, from the till (2.56)."""

    CONTROL: ClassVar[int] = 0x0501
    password: str | None = None
    fields: Fields = NO_FIELDS


class RegisterAbort(Message, frozen=True):
    """06 B0, from the till (2.23): stop what you are doing, if you still can. No completion of its own follows."""

    CONTROL: ClassVar[int] = 0x06B0
    fields: Fields = NO_FIELDS


class Completion(Message, frozen=True):
    """06 0F, from the terminal (3.2): a command has ended well; the till is master again.

    `version` and `status` stand without a BMP, after a status enquiry (2.56.5) or diagnosis. Makers put texts of
    their own here; those are in `fields.rest`.
    """

    CONTROL: ClassVar[int] = 0x060F
    version: bytes | None = None
    """As it stood, its length of three bytes included."""
    status: int | None = None
    """A terminal status code (chapter 11)."""
    fields: Fields = NO_FIELDS


class Abort(Message, frozen=True):
    """06 1E, from the terminal (3.3): a command has failed; the till is master again."""

    CONTROL: ClassVar[int] = 0x061E
    result: int | None = None
    """An error code (chapter 10)."""
    currency: bytes | None = None
    """Only with result 6F: the currency that the terminal takes, two bytes."""
    fields: Fields = NO_FIELDS


class StatusInformation(Message, frozen=True):
    """04 0F, from the terminal (3.1): what became of the transaction. A good one is committed by acknowledging it.

    The properties raise FieldError when the BMP has a nibble that is no digit or says two things.
    """

    CONTROL: ClassVar[int] = 0x040F
    fields: Fields = NO_FIELDS

    @property
    def result(self) -> int | None:
        """0 = approved; else an error code (chapter 10). None = it does not say."""
        return self.fields.byte(b.RESULT)

    @property
    def amount(self) -> int | None:
        """Minor units."""
        return self.fields.number(b.AMOUNT)

    @property
    def currency(self) -> int | None:
        """ISO 4217 numeric."""
        return self.fields.number(b.CURRENCY)

    @property
    def trace(self) -> str:
        """Digits; empty when it says none. Traces of more than six stand in tag 1F2B, and BMP 0B is zero then."""
        short = self.fields.get(b.TRACE)
        long = self.fields.objects.get(0x1F2B)
        if long and (short is None or not any(short)):
            return long.hex()
        return "" if short is None else short.hex()

    @property
    def original_trace(self) -> str:
        """Of the payment that this transaction reversed; empty for anything but a reversal."""
        return (self.fields.get(b.ORIGINAL_TRACE) or b"").hex()

    @property
    def receipt(self) -> str:
        """Four digits; empty when it says none."""
        return (self.fields.get(b.RECEIPT) or b"").hex()

    @property
    def receipt_id(self) -> bytes | None:
        """Tag 1F1F: what the till mirrors in its next transaction (chapter 4)."""
        return self.fields.objects.get(0x1F1F)

    @property
    def tip(self) -> int:
        """Minor units of a tip within `amount` (tag 1F36). Raises FieldError for a nibble that is no digit."""
        return bcd.number(self.fields.objects.get(0x1F36) or b"")

    @property
    def when(self) -> str:
        """The terminal's date and time, 'MMDD HHMMSS'; empty when one is missing."""
        date, time = self.fields.get(b.DATE), self.fields.get(b.TIME)
        return "" if date is None or time is None else f"{date.hex()} {time.hex()}"


class IntermediateStatus(Message, frozen=True):
    """04 FF, from the terminal (3.7): what it is doing. Starts the wait for the completion anew."""

    CONTROL: ClassVar[int] = 0x04FF
    status: int | None = None
    """A status code (table 17)."""
    timeout: int | None = None
    """Minutes as they stood, packed decimal: how long the completion may take from now on."""
    fields: Fields = NO_FIELDS

    @property
    def minutes(self) -> int | None:
        """The timeout as a number; None when there is none, or nonsense."""
        if self.timeout is None or self.timeout & 0x0F > 9 or self.timeout >> 4 > 9:
            return None
        return 10 * (self.timeout >> 4) + (self.timeout & 0x0F)


class PrintLine(Message, frozen=True):
    """06 D1, from the terminal (3.5): one line of a receipt."""

    CONTROL: ClassVar[int] = 0x06D1
    attribute: int | None = None
    """None and no text: an empty APDU, one line feed."""
    text: bytes = b""

    def __repr__(self) -> str:
        """For the log: a merchant's slip may hold a whole card number."""
        return f"PrintLine({self.attribute}, {mask_text(self.text.decode('cp437'))!r})"


class PrintTextBlock(Message, frozen=True):
    """06 D3, from the terminal (3.6): lines of a receipt in tag 25."""

    CONTROL: ClassVar[int] = 0x06D3
    fields: Fields = NO_FIELDS


class Ack(Message, frozen=True):
    """80 00, either way: yes."""

    CONTROL: ClassVar[int] = 0x8000
    fields: Fields = NO_FIELDS


class Nack(Message, frozen=True):
    """84 xx, either way: no. 84 00 is a yes in answer to 04 0F, and 84 9C asks to send that again in 2 s."""

    code: int
    """An error code (chapter 10)."""
    fields: Fields = NO_FIELDS

    @property
    def control(self) -> int:
        """84 and the code."""
        return 0x8400 | self.code


class Other(Message, frozen=True):
    """Any control field that is not here, and a message without the parameters that it must have."""

    control: int
    data: bytes = b""

    @property
    def fields(self) -> Fields:
        """The data as BMPs, as far as it is that."""
        return b.lenient(self.data)

    def __repr__(self) -> str:
        """For the log: nobody knows whether the data may be seen."""
        return f"Other({self.control:04X}, {len(self.data)} bytes)"


FromRegister = (
    Registration | Authorisation | LogOff | Reversal | Refund | EndOfDay | RepeatReceipt | StatusEnquiry | RegisterAbort
)
FromTerminal = Completion | Abort | StatusInformation | IntermediateStatus | PrintLine | PrintTextBlock
AnyMessage = FromRegister | FromTerminal | Ack | Nack | Other


def result_of(status: StatusInformation) -> int:
    """The result, which a transaction must say. Raises FieldError when it does not."""
    result = status.result
    if result is None:
        raise FieldError("a status information says no result")
    return result
