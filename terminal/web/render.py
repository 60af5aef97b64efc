"""Drawing: templates found beside this file, escaped always, compiled once."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from terminal.texts import Language

if TYPE_CHECKING:
    import jinja2


@lru_cache(maxsize=128)
def _template(name: str, words: Language) -> "jinja2.Template":
    from .templating import environment

    return environment(words).get_template(name)


def render(name: str, words: Language, /, **values: Any) -> str:
    """One template. `_`, `n_` and `words` are the language."""
    return _template(name, words).render(values)


def drawn(html: str) -> Markup:
    """What a template has drawn, to be set into another one as it is."""
    return Markup(html)  # noqa: S704 (escaped by the template that drew it)


def load_all(words: Language) -> None:
    """Compile every template now, while nobody waits."""
    from .templating import FOLDER

    for path in sorted(FOLDER.rglob("*.html")):
        _template(path.relative_to(FOLDER).as_posix(), words)
