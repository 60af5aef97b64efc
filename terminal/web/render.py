"""Templates: found beside this file, escaped always, compiled once."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from terminal.texts import Language

FOLDER = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The one environment. `StrictUndefined`: a name that is missing is a fault of ours and must not render as ''."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        cache_size=-1,
    )


@lru_cache(maxsize=64)
def _template(name: str) -> jinja2.Template:
    return environment().get_template(name)


def render(name: str, words: Language, **values: Any) -> str:
    """One template. `_`, `n_` and `words` are the language."""
    return _template(name).render(values, _=words.gettext, n_=words.ngettext, words=words)


def drawn(html: str) -> Markup:
    """What a template has drawn, to be set into another one as it is."""
    return Markup(html)  # noqa: S704 (escaped by the template that drew it)


def load_all() -> None:
    """Compile every template now, while nobody waits."""
    for path in sorted(FOLDER.rglob("*.html")):
        _template(path.relative_to(FOLDER).as_posix())
