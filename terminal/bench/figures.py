"""Medians and percentiles of small samples."""


def median(values: list[float]) -> float:
    """The middle value (the upper one of two)."""
    return sorted(values)[len(values) // 2]


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` (0…1) of the sample lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
