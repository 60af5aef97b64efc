"""The local screens: the till and the status page."""
