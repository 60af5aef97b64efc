"""Finds the messages in Python files, for Babel (babel.cfg). Only the tests and whoever translates import it.

Babel's own extractor reads tokens, and before Python 3.12 a message inside an f-string is none.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

Message = tuple[int, str, str | tuple[str, ...], list[str]]


def messages(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Message]:
    """(line, function, message or messages, no comments) of every call of one of `keywords` with constant text.

    No comments are looked for and there are no options: Babel hands them over all the same.
    """
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = tuple(
            each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
        )
        if name in keywords and texts:
            yield node.lineno, name, texts if len(texts) > 1 else texts[0], []
