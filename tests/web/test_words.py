"""A sentence for everything, in every language."""

from datetime import date
from typing import get_args

import pytest

from terminal.app.health import DeviceStatus
from terminal.app.ports.device import Health, Problem, State
from terminal.domain.errors import Reason
from terminal.domain.payment import TerminalMessage
from terminal.domain.payment_states import PaymentState
from terminal.protocols import keymap
from terminal.protocols.scan import Suffix
from terminal.protocols.wedge import Case, LayoutName, WhyNot
from terminal.protocols.zvt.meanings import INTERMEDIATE
from terminal.texts import language
from terminal.web import terminal_says
from terminal.web.icons import ICONS
from terminal.web.region_dialog import years_before
from terminal.web.render import load_all
from terminal.web.say import device_sentence, refused
from terminal.web.sentences import CASES, KINDS, LAYOUTS, REFUSED, SUFFIXES, WHY_NOT, WRONG
from terminal.web.templating import FOLDER

LANGUAGES = ["da", "en"]


def test_the_closed_sets_are_covered() -> None:
    assert set(REFUSED) == set(Reason)
    assert set(WRONG) == set(Problem)
    assert set(KINDS) <= set(ICONS)
    assert set(LAYOUTS) == set(get_args(LayoutName)) == set(keymap.LAYOUTS)
    assert set(SUFFIXES) == set(get_args(Suffix))
    assert set(WHY_NOT) == set(WhyNot)
    assert set(CASES) == set(get_args(Case))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("reason", list(Reason))
def test_a_refusal_is_one_sentence(code: str, reason: Reason) -> None:
    sentence = refused(reason, "12", language(code))
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_a_detail_with_braces_is_shown_as_it_is() -> None:
    assert "{0.x}" in refused(Reason.UNKNOWN_CODE, "{0.x}", language("en"))


def test_an_amount_in_a_refusal_is_money() -> None:
    sentence = refused(Reason.NOT_DISCOUNTABLE, "Pant A", language("da"))
    assert sentence == "Pant A kan ikke få rabat eller anden pris."


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("problem", [each for each in Problem if each is not Problem.NONE])
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_device_says_what_is_wrong_and_what_to_do(code: str, problem: Problem, kind: str) -> None:
    what, advice = device_sentence(DeviceStatus(kind, kind, Health(State.DOWN, problem), 0), language(code))
    assert what[0].isupper()
    assert what.endswith(".")
    assert advice.endswith(".")


def test_a_device_that_is_well_says_nothing() -> None:
    assert device_sentence(DeviceStatus("printer", "printer", Health(State.OK), 0), language("da")) == ("", "")
    assert device_sentence(DeviceStatus("printer", "printer", Health(State.DOWN), 0), language("en"))[0]


@pytest.mark.parametrize("code", [each for each in INTERMEDIATE if each != "FF"])
def test_every_status_of_a_card_terminal_has_words(code: str) -> None:
    assert terminal_says.status(code, language("en"))
    assert terminal_says.status(code, language("da")) != terminal_says.status(code, language("en"))


@pytest.mark.parametrize("code", ["", "FF", "zz", "99", "100", "-1", "0A0A", "0x0A"])
def test_a_status_without_words_shows_the_terminals_own(code: str) -> None:
    own = terminal_says.terminal(TerminalMessage(code, "BITTE WARTEN"), PaymentState.SENT, language("da"))
    assert own in {"BITTE WARTEN", "Indsæt kortet, eller hold det til"}
    assert terminal_says.terminal(TerminalMessage("99"), PaymentState.SENT, language("da")) == "Se på terminalen"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_template_compiles(code: str) -> None:
    load_all(language(code))
    assert len(list(FOLDER.rglob("*.html"))) > 20


@pytest.mark.parametrize(
    ("today", "years", "born"),
    [
        (date(2026, 11, 24), 18, date(2008, 11, 24)),
        (date(2028, 2, 29), 18, date(2010, 2, 28)),
        (date(2028, 2, 29), 16, date(2012, 2, 29)),
    ],
)
def test_born_on_or_before(today: date, years: int, born: date) -> None:
    assert years_before(today, years) == born
