"""What can be wrong with nexo bytes.

    NexoError
        EnvelopeError    the envelope: no such thing, too large, base64 that is none
            WrongKey     sealed with another key than ours, by its own word
            Forged       not sealed with our key, whatever it says, or changed on the way
        MessageError     the envelope is right, the message in it is not
        Rejected         the terminal did not take our message; its words, which nothing vouches for

Trying again does not help with any of them: the same bytes are wrong again.
"""


class NexoError(Exception):
    """Base of all. The message is one English sentence and holds no card data and no key."""


class EnvelopeError(NexoError):
    """No envelope."""


class WrongKey(EnvelopeError):
    """Key identifier, key version or crypto version are not ours."""


class Forged(EnvelopeError):
    """The HMAC, or the padding, is wrong: which of the two is not told."""


class MessageError(NexoError):
    """Not the message that was expected."""


class Rejected(NexoError):
    """An answer in the clear, as when the terminal cannot open ours."""
