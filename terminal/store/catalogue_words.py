"""How names become words to search for: the same for what is stored and for what is typed.

Accents are folded ("creme" finds "Crème"), but æ, ø and å are letters of their own: "ra" does not find "rå". Danish
writes compounds as one word, so a search goes into words too: "brød" finds "Rugbrød".
"""

import re
import unicodedata

MOST_WORDS = 8
LONGEST_WORD = 40
LEAST_INNER = 3
"""Letters that a search within words needs: of fewer nearly every word has them."""

_RING = "\u030a"
_NO_LETTER = re.compile(r"[\W_]+")
_ACCENTED = re.compile(r"[^\x00-\x7fæøåÆØÅ]")


def fold(text: str) -> str:
    """Lower case, without accents, everything that is no letter or digit a space."""
    lowered = _strip_accents(text) if _ACCENTED.search(text) else text.casefold()
    return _NO_LETTER.sub(" ", lowered)


def endings(folded: str) -> str:
    """What a search within words looks at: of each word every ending of at least LEAST_INNER letters, but the word.

    'rugbrød' gives 'ugbrød gbrød brød rød'; a prefix of one of them stands somewhere within the word.
    """
    return " ".join(
        word[start:]
        for word in folded.split()
        if not word.isdigit()
        for start in range(1, min(len(word), LONGEST_WORD) - LEAST_INNER + 1)
    )


def typed(text: str) -> list[str]:
    """The words of a search, at most MOST_WORDS."""
    return [word[:LONGEST_WORD] for word in fold(text[:400]).split()[:MOST_WORDS]]


def _strip_accents(text: str) -> str:
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", text.casefold()):
        if char == _RING and kept and kept[-1] == "a":
            kept[-1] = "å"
        elif not unicodedata.combining(char):
            kept.append(char)
    return "".join(kept)
