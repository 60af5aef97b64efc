"""The pure core: money, items, the sale, its payment and its receipt. No I/O, no clock, no randomness."""
