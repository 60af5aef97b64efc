"""Webhooks: the signature that proves whose they are, made and verified, and what they tell.

Signed is 'POST\\n{path and query}\\n{x-ms-date};{host};{base64 of SHA-256 of the body}', with HMAC-SHA256 under the
secret's own text, not decoded. Source: Webhooks API guide, request authentication.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from .answers import decode
from .errors import BadAnswer, BadWebhook
from .messages import CheckedIn, PaymentNews

MOST_BYTES = 16 * 1024
OLDEST = 300
"""Seconds that x-ms-date may be off, either way: an old one is somebody's replay."""

_LONGEST_HEADER = 1000
_SCHEME = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="


def sign(secret: str, target: str, host: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of a webhook. `target`: path and query; `at`: aware, when it is sent."""
    date = format_datetime(at.astimezone(UTC), usegmt=True)
    content = _content_hash(body)
    return {
        "host": host,
        "x-ms-date": date,
        "x-ms-content-sha256": content,
        "authorization": _SCHEME + _signature(secret, target, date, host, content),
    }


def verify(secret: str, target: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises BadWebhook. `target` and the header `host` are as the service sent them, not as a relay did.

    Everything is compared in constant time, the body's hash too.
    """
    if not secret:
        raise BadWebhook("there is no webhook secret to verify with")
    if len(body) > MOST_BYTES or len(target) > _LONGEST_HEADER:
        raise BadWebhook("the webhook is too long")
    given = {name.lower(): value for name, value in headers.items()}
    try:
        date, host = given["x-ms-date"], given["host"]
        content, authorization = given["x-ms-content-sha256"], given["authorization"]
    except KeyError as error:
        raise BadWebhook(f"the webhook has no header {error}") from error
    if max(len(date), len(host), len(content), len(authorization)) > _LONGEST_HEADER:
        raise BadWebhook("a header of the webhook is too long")
    hash_fits = _same(content, _content_hash(body))
    signature_fits = _same(authorization, _SCHEME + _signature(secret, target, date, host, content))
    if not (hash_fits and signature_fits):
        raise BadWebhook("the webhook's signature does not fit")
    if abs((now - _moment(date)).total_seconds()) > OLDEST:
        raise BadWebhook(f"the webhook is more than {OLDEST} seconds off the clock")


def read(body: bytes) -> PaymentNews | CheckedIn:
    """What a verified webhook tells. Raises BadWebhook for an event that no till has asked for."""
    try:
        return decode(body, PaymentNews, "the webhook")
    except BadAnswer:
        pass  # then it is the other one
    try:
        return decode(body, CheckedIn, "the webhook")
    except BadAnswer as error:
        raise BadWebhook("the webhook tells of nothing that a till knows") from error


def _content_hash(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _signature(secret: str, target: str, date: str, host: str, content: str) -> str:
    signed = f"POST\n{target}\n{date};{host};{content}".encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def _moment(date: str) -> datetime:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise BadWebhook("the webhook's date is none") from error
    # '-0000' is a time without a zone.
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
