"""A customer display of two lines."""

from typing import Protocol

WIDTH = 20
"""Characters a line."""


class Display(Protocol):
    """One display. The newest text wins: what was to be shown before it is skipped when the wire is slow."""

    def show(self, top: str, bottom: str) -> None:
        """Show these lines as soon as the wire allows, also after the display was away. Never waits, never raises.

        Longer ones are cut at WIDTH; a character that the display does not have is shown as the nearest one it has.
        """
