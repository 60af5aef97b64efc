"""What can be wrong with bytes of the service.

MobilePayError
  BadAnswer       an answer is no JSON, lacks what the specification requires, or tells of something else
  BadWebhook      a webhook's signature, date or body does not fit: not from the service, or too old
  BadRequest      ours: the request cannot be said in this protocol
"""


class MobilePayError(Exception):
    """Base. The message is one English sentence without a secret."""


class BadAnswer(MobilePayError):
    """The far end says what the specification does not know."""


class BadWebhook(MobilePayError):
    """Nobody is to act on it."""


class BadRequest(MobilePayError):
    """A reference, a key or an amount that the service does not take."""
