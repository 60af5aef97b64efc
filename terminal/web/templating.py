"""Jinja2 as the screens use it: one environment a language, whose words are set in before a template is compiled.

In a file of its own that render.py loads with the first page: Jinja2 is a sixth of what a start would import.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import jinja2

from terminal.texts import Language

from .icons import ICONS

FOLDER = Path(__file__).parent / "templates"

_MESSAGE = re.compile(r'(?<![A-Za-z0-9_])_\("((?:[^"\\]|\\.)*)"\)')
"""A message of a template as it must be written: `_("…")`, one literal in double quotes."""


class Translated(jinja2.FileSystemLoader):
    """Sets a language's words into the templates before they are compiled.

    A screen draws some twenty words with every scan; looking each up while drawing was a third of the time.
    """

    def __init__(self, words: Language) -> None:
        super().__init__(FOLDER)
        self._words = words

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The source with every `_("…")` replaced by the words it stands for."""
        source, path, unchanged = super().get_source(environment, template)
        return _MESSAGE.sub(self._translated, source), path, unchanged

    def _translated(self, found: re.Match[str]) -> str:
        return json.dumps(self._words.gettext(json.loads(f'"{found[1]}"')))


@lru_cache(maxsize=4)
def environment(words: Language) -> jinja2.Environment:
    """A language's environment. `StrictUndefined`: a missing name is our fault and must not be drawn as ''."""
    made = jinja2.Environment(
        loader=Translated(words),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        cache_size=-1,
    )
    made.globals = {"words": words, "_": words.gettext, "n_": words.ngettext, "icons": ICONS}
    return made
