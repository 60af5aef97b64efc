"""What to add to the settings for a find, ready to be pasted: TOML."""

import json

from .named import Claims

Value = str | int


def _table(heading: str, *values: tuple[str, Value], remark: str = "") -> str:
    rows = [f"# {remark}"] if remark else []
    rows.append(heading)
    rows += [f"{key} = {_written(key, value)}" for key, value in values]
    return "\n".join(rows) + "\n"


def _written(key: str, value: Value) -> str:
    if isinstance(value, str):
        # JSON's strings are TOML's, but for DEL, which no path of udev's has.
        return json.dumps(value, ensure_ascii=False)
    return f"0x{value:04x}" if key in ("vendor", "product") else str(value)


def scanner(claims: Claims, driver: str, *where: tuple[str, Value], remark: str = "") -> str:
    """A scanner."""
    return _table("[[scanners]]", ("driver", driver), ("name", claims.free_name("scanner")), *where, remark=remark)


def printer(claims: Claims, driver: str, *where: tuple[str, Value], remark: str = "") -> str:
    """A printer: the receipt printer, or one more when the till has that already."""
    first = not any(each.table == "printer" for each in claims.named)
    name = () if first else (("name", claims.free_name("printer")),)
    return _table("[printer]" if first else "[[more_printers]]", ("driver", driver), *name, *where, remark=remark)


def card(*where: tuple[str, Value]) -> str:
    """A card terminal that listens on ZVT's port."""
    return _table("[card]", ("driver", "zvt-tcp"), *where)


def gpio_drawer() -> str:
    """A drawer on the header."""
    return _table("[drawer]", ("driver", "gpio"), ("pin", 17), remark="Only with a driver stage on that pin.")
