"""What a customer's own code says, from the scan to the service: it names a person, and the journal is for ever."""


class CustomerCodes:
    """Kept by intent, in memory only. After a cut nobody needs it: the payment is asked about by its key."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}

    def keep(self, intent: int, code: str) -> None:
        """Until it is taken; of an earlier intent that never took it nothing is kept."""
        self._codes = {intent: code}

    def take(self, intent: int) -> str:
        """Empty when there is none."""
        return self._codes.pop(intent, "")
