"""ESC/POS: the receipt printers' language, without any wire.

    status    DLE EOT: the questions, and the status bytes as types (both ways, so that a simulator answers)
    commands  the few commands that the driver writes itself: initialise, drawer pulse
    code128   Code 128 as `GS k` wants it, and as bars
    raster    a picture of dots as `GS v 0` wants it
    stored    pictures that the printer keeps
    events    what a parsed byte stream consists of
    parser    bytes in, events out; takes any bytes in any pieces
    realtime  finds real-time commands in a byte stream as a printer's receiver does

Source: Epson, "ESC/POS Command Reference"; the makers of compatible printers describe the same bytes.
"""
