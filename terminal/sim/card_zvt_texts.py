"""What the simulated terminal shows its customer and prints on its slips."""

from typing import Literal

from .payment_faults import MoveKind

Language = Literal["da", "en"]

Shown = Literal[
    "ready",
    "insert",
    "pin",
    "wait",
    "approved",
    "declined",
    "stopped",
    "timeout",
    "reversed",
    "remove",
    "off",
    "hung",
]

_SHOWN: dict[Shown, tuple[str, str]] = {
    "ready": ("Klar", "Ready"),
    "insert": ("Indsæt eller vis kort", "Insert or tap card"),
    "pin": ("Indtast PIN", "Enter PIN"),
    "wait": ("Vent venligst", "Please wait"),
    "approved": ("Godkendt", "Approved"),
    "declined": ("Afvist", "Declined"),
    "stopped": ("Afbrudt", "Stopped"),
    "timeout": ("Tiden er gået", "Time is up"),
    "reversed": ("Tilbageført", "Reversed"),
    "remove": ("Tag kortet", "Remove card"),
    "off": ("", ""),
    "hung": ("…", "…"),
}


def shown(what: Shown, language: Language, amount: int = 0) -> str:
    """The display's text; with the amount while one is asked for."""
    text = _SHOWN[what][0 if language == "da" else 1]
    return f"{text}  {kroner(amount)}" if amount and what in ("insert", "pin", "wait", "approved") else text


def kroner(amount: int) -> str:
    """Minor units as a Dane writes them."""
    return f"{amount // 100},{amount % 100:02d}"


_HEADS = {"sale": "SIMULERET BETALING", "refund": "SIMULERET REFUSION", "reversal": "SIMULERET ANNULLERING"}


def slip(
    customer: bool,
    *,
    kind: MoveKind,
    amount: int,
    tip: int,
    when: str,
    trace: int,
    receipt: int,
    card: str,
    pan: str,
) -> tuple[str, ...]:
    """One copy. The merchant's has the whole card number, as older terminals print it: the till must hide it."""
    grouped = " ".join(pan[i : i + 4] for i in range(0, len(pan), 4))
    hidden = f"{'*' * (len(pan) - 4)}{pan[-4:]}"
    return (
        _HEADS[kind],
        "KUNDEKVITTERING" if customer else "FORRETNINGENS KOPI",
        "",
        *((f"Drikkepenge  {kroner(tip):>12}",) if tip else ()),
        f"Beløb DKK {kroner(amount):>12}",
        f"Kort {card}",
        hidden if customer else grouped,
        f"Tid {when}",
        f"Ref. {trace:06d}  Nr. {receipt:04d}",
        "GODKENDT",
        "Gem kvitteringen – på gensyn!" if customer else "Underskrift ikke påkrævet",
    )


def day(total: int) -> tuple[str, ...]:
    """The receipt of a day's end."""
    sign = "-" if total < 0 else ""
    return ("SIMULERET DAGSAFSLUTNING", f"Total DKK {sign + kroner(abs(total)):>12}")
