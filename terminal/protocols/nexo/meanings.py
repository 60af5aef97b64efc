"""What Result and ErrorCondition mean: to the domain, and in English words.

Source: Adyen, "Terminal API" reference, ErrorCondition; "Handle responses".
"""

import base64
import binascii
import re
from typing import Literal
from urllib.parse import parse_qsl

import msgspec

from terminal.domain.payment import Declined

from . import messages as m
from .fields import words

SUCCESS, PARTIAL, FAILURE = "Success", "Partial", "Failure"

NOT_FOUND, IN_PROGRESS, BUSY = "NotFound", "InProgress", "Busy"

_Reason = Literal["declined", "cancelled", "busy", "not-found"]

_REASONS: dict[str, _Reason] = {
    "Aborted": "cancelled",
    "Busy": "busy",
    "Cancel": "cancelled",
    "DeviceOut": "declined",
    "InsertedCard": "declined",
    "InvalidCard": "declined",
    "LoggedOut": "declined",
    "MessageFormat": "declined",
    "NotAllowed": "declined",
    "NotFound": "not-found",
    "PaymentRestriction": "declined",
    "Refusal": "declined",
    "UnavailableDevice": "declined",
    "UnavailableService": "declined",
    "UnreachableHost": "declined",
    "WrongPIN": "declined",
}
CONDITIONS = frozenset({*_REASONS, IN_PROGRESS})
"""The closed list of the schema."""

_DOUBTFUL = frozenset({"UnreachableHost", "UnavailableService", IN_PROGRESS})
"""The terminal gave up on somebody else, or has not ended: it is asked again what became of it in the end."""

_MOST_RESPONSE = 20_000


def declined(response: m.Response, *, asked: bool) -> Declined | None:
    """The domain's word for a failure; None when it does not settle the matter.

    `asked`: this is what a status request brought, the terminal's last word on it.
    """
    condition = response.error_condition
    if condition not in _REASONS or (condition in _DOUBTFUL and not asked):
        return None
    return Declined(_REASONS[condition], words(condition), explanation(response))


def explanation(response: m.Response) -> str:
    """The terminal's own words for how it went, or ''."""
    said = additional(response)
    return words(said.get("refusalReason") or said.get("message") or "")


def last_asked_by(response: m.Response) -> str:
    """The SaleID of the last request that the terminal remembers, when it tells that in not finding another; or ''."""
    found = re.search(r"last such Request has SaleID=(\S{1,100})", additional(response).get("message", ""))
    return found[1] if found else ""


def additional(response: m.Response) -> dict[str, str]:
    """AdditionalResponse: form-encoded pairs, or base64 of JSON. What cannot be read is empty."""
    text = response.additional_response[:_MOST_RESPONSE]
    try:
        decoded = msgspec.json.decode(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error, msgspec.MsgspecError, RecursionError):
        return dict(parse_qsl(text, max_num_fields=200)) if text.count("&") < 200 else {}
    found = decoded.get("additionalData", decoded) if isinstance(decoded, dict) else {}
    pairs = {**(decoded if isinstance(decoded, dict) else {}), **(found if isinstance(found, dict) else {})}
    return {str(name): value for name, value in pairs.items() if isinstance(value, str)}


def status_word(status: str) -> str:
    """POIStatus.GlobalStatus in words; '' when all is well."""
    known = {
        "OK": "",
        "Busy": "busy with something else",
        "Maintenance": "in maintenance",
        "Unreachable": "not reachable",
    }
    return known.get(status, f"in a state it calls {words(status, 32)!r}")
