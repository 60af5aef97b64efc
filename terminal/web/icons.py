"""The icons, drawn for this project: 24 by 24, one stroke of 1.9."""

from markupsafe import Markup

_PATHS = {
    "scanner": "M4 8V5h4M16 5h4v3M4 16v3h4M16 19h4v-3M8 9v6M11 9v6M13.5 9v6M16 9v6",
    "printer": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "drawer": "M5 5h14v8H5zM3 13h18v6H3zM10 16h4M8 9h8",
    "scale": "M4 8h16l1.5 12h-19zM7 4h10M12 4v4M9 17a3 3 0 0 1 6 0",
    "display": "M3 5h18v11H3zM12 16v4M8 20h8M6 9h9M6 12h6",
    "card": "M3 6h18v12H3zM3 10h18M6 15h4",
    "phone": "M8 3h8v18H8zM11 18h2",
    "mobilepay": "M8 3h8v18H8zM11 18h2",
    "gift": "M4 11h16v9H4zM3 7h18v4H3zM12 7v13M12 7c-2-4-6-4-6-1 0 1 2 1 6 1 4 0 6 0 6-1 0-3-4-3-6 1",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 20c1-5 4-6 8-6s7 1 8 6",
    "journal": "M6 4h12v16H6zM9 8h6M9 12h6M9 16h3",
    "cash": "M3 7h18v10H3zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M6 12h.01M18 12h.01",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 20 20",
    "more": "M4 7h16M4 12h16M4 17h16",
    "plus": "M12 5v14M5 12h14",
    "back": "M20 7H9l-5 5 5 5h11zM12 10l4 4M16 10l-4 4",
    "left": "M14 5l-7 7 7 7",
    "close": "M6 6l12 12M18 6 6 18",
    "done": "M4 12.5 9.5 18 20 6.5",
    "warn": "M12 4 2.5 20h19zM12 10v5M12 17.5h.01",
    "undo": "M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
    "trash": "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
    "park": "M9 5v14M15 5v14",
    "return": "M20 12a8 8 0 1 1-2.5-5.8M20 4v4h-4",
    "copy": "M8 8h11v12H8zM5 16V4h11",
    "percent": "M6 18 18 6M7.5 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4M16.5 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
    "keys": "M3 7h18v10H3zM6.5 10.5h.01M10 10.5h.01M13.5 10.5h.01M17 10.5h.01M8 14h8",
    "plug": "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
    "info": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 11v5M12 8h.01",
    "text": "M4 18 9 6l5 12M5.8 14h6.4M15 18l2.5-6 2.5 6M15.8 16h3.4",
    "tongue": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M4 12h16M12 4c-5 5-5 11 0 16M12 4c5 5 5 11 0 16",
    "items": "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
    "lines": "M6 4h12v16l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5L6 20zM9 9h6M9 13h6",
}

ICONS: dict[str, Markup] = {
    name: Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{path}"/></svg>')  # noqa: S704 (ours)
    for name, path in _PATHS.items()
}
"""By name, ready to be set into a page."""
