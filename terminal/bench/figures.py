"""Medians and percentiles of small samples."""


def median(values: list[float]) -> float:
    """The middle value (the upper one of two)."""
    return sorted(values)[len(values) // 2]


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` (0…1) of the sample lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def compared(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """Two samples of seconds, ours and the bare library's, as figures: the ratio of the medians, and microseconds."""
    return {
        "ratio": round(median(ours) / median(theirs), 3),
        "median_us": round(median(ours) * 1e6, 1),
        "bare_median_us": round(median(theirs) * 1e6, 1),
        "p99_us": round(percentile(ours, 0.99) * 1e6, 1),
        "bare_p99_us": round(percentile(theirs, 0.99) * 1e6, 1),
    }
