"""Touches that change only what a screen shows."""

from . import forms as f
from .access import SESSION_COOKIE
from .call import Call
from .http import Reply
from .screens import LOOKS_COOKIE

YEAR = 365 * 24 * 3600


def department(call: Call, form: f.Department) -> None:
    """A department's chip."""
    call.screen.change(department=form.department, words="")


def search(call: Call, form: f.Search) -> None:
    """Words in the search field."""
    call.screen.change(words=form.words.strip())


def pane(call: Call, form: f.Pane) -> None:
    """What a narrow screen shows."""
    call.screen.change(pane=form.pane)


def looks(call: Call, form: f.Looks) -> Reply:
    """Language and type size; kept in a cookie of their own, for a screen is forgotten at a restart."""
    ui = call.screen.ui
    large = ui.large if form.large is None else form.large == "yes"
    call.screen.change(language=form.language or ui.language, large=large, dialog=None)
    value = f"{call.screen.ui.language}{'-large' if large else ''}"
    return Reply(303, headers=((b"location", form.back.encode()), cookie(LOOKS_COOKIE, value, YEAR)))


def log_in(_call: Call, _form: f.AccessKey) -> None:
    """Done by app.py before there is a screen: a stranger gets none."""


def show_receipt(call: Call, form: f.ReceiptWanted) -> None:
    """A receipt on the status page."""
    call.screen.change(receipt=call.parts.selling.find_receipt(form.receipt).number)


def cookie(name: str, value: str, seconds: int) -> tuple[bytes, bytes]:
    """A cookie that no script reads and no other site sends."""
    return (
        b"set-cookie",
        f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict".encode("latin-1"),
    )


def session_cookie(token: str, seconds: int) -> tuple[bytes, bytes]:
    """The cookie of a screen that has given the access key."""
    return cookie(SESSION_COOKIE, token, seconds)
