"""Sentences for what has happened and what is wrong, in a screen's language."""

from terminal.app.device_tests import Result, Says
from terminal.app.health import DeviceStatus
from terminal.app.ports.device import Health, Problem, State
from terminal.domain.errors import Reason
from terminal.texts import N_, Language

from .dialogs import Weigh
from .look import Look
from .screens import Toast
from .sentences import KINDS, REFUSED, SAID, TESTED, WRONG

MONEY_DETAIL = {Reason.TOO_MUCH}
"""Reasons whose detail is an amount in øre."""


def sentence_of(toast: Toast, look: Look) -> str:
    """What a toast says; empty when it is only a sound."""
    words = look.words
    if toast.reason in ("", "scanned", "paying", "gift-card"):
        return ""  # the line, the payment or the dialog says it
    if toast.reason == Reason.WEIGHT_NEEDED and isinstance(look.ui.dialog, Weigh) and look.parts.weighing is not None:
        return ""  # the dialog says why, and what to do
    if toast.reason in SAID:
        return words.gettext(SAID[toast.reason]).format(toast.detail)
    try:
        reason = Reason(toast.reason)
    except ValueError:
        return toast.reason
    return refused(reason, toast.detail, words)


def refused(reason: Reason, detail: str, words: Language) -> str:
    """The sentence for a refusal."""
    if reason in MONEY_DETAIL and detail.lstrip("-").isdecimal():
        detail = words.money(int(detail))
    return words.gettext(REFUSED[reason]).format(detail)


def device_sentence(row: DeviceStatus, words: Language, *, alone: bool = True) -> tuple[str, str]:
    """What is wrong with a device, and what to do; ('', '') when nothing is. Of several of a kind it says which."""
    _ = words.gettext
    health = row.health
    name = _(KINDS[row.kind][1]) if row.kind in KINDS else row.name
    if not alone and row.kind in KINDS:
        name = f"{name} “{row.name}”"
    if health.problem is not Problem.NONE:
        what, advice = WRONG[health.problem]
        return f"{name} {_(what)}.", _(advice)
    if health.state is State.DOWN:
        return f"{name} {_(N_('does not work'))}.", _(N_("Check the cable and the power."))
    return "", ""


def trouble_sentence(row: DeviceStatus, words: Language) -> str:
    """What was wrong with a device before; empty when nothing was, or when it is still that."""
    trouble, health = row.trouble, row.health
    if trouble is None or (health.problem is trouble.problem and health.state is not State.OK):
        return ""
    before = DeviceStatus(row.name, row.kind, Health(State.DOWN, trouble.problem), trouble.at)
    return device_sentence(before, words)[0]


def test_sentence(result: Result, kind: str, words: Language) -> str:
    """How a device's test stands."""
    sentence = words.gettext(TESTED[result.says]).format(result.detail)
    if result.says is Says.REFUSED:
        return refused(Reason(result.detail), "", words)
    if result.problem is Problem.NONE:
        return sentence
    wrong = DeviceStatus(result.name, kind, Health(State.DOWN, result.problem), 0)
    return " ".join((sentence, *device_sentence(wrong, words)))
