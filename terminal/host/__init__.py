"""The board: readiness and watchdog, clock."""
