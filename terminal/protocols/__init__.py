"""Sans-I/O codecs: bytes in, messages out, and back. Nothing here opens, waits or reads a clock."""
