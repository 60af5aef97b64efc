"""Events and keys of the kernel's input layer that a scanner uses (Linux: include/uapi/linux/input-event-codes.h)."""

EV_SYN = 0
EV_KEY = 1

SYN_REPORT = 0
SYN_DROPPED = 3
"""The kernel's buffer was full and events are missing before this one, and up to the next SYN_REPORT."""

UP = 0
DOWN = 1
REPEAT = 2
"""Values of a key event; the last is of a key that is held."""

KEY_MINUS = 12
KEY_TAB = 15
KEY_LEFTBRACE = 26
KEY_RIGHTBRACE = 27
KEY_ENTER = 28
KEY_LEFTCTRL = 29
KEY_LEFTSHIFT = 42
KEY_BACKSLASH = 43
KEY_RIGHTSHIFT = 54
KEY_KPASTERISK = 55
KEY_LEFTALT = 56
KEY_SPACE = 57
KEY_CAPSLOCK = 58
KEY_NUMLOCK = 69
KEY_SCROLLLOCK = 70
KEY_KP7 = 71
KEY_KP8 = 72
KEY_KP9 = 73
KEY_KPMINUS = 74
KEY_KP4 = 75
KEY_KP5 = 76
KEY_KP6 = 77
KEY_KPPLUS = 78
KEY_KP1 = 79
KEY_KP2 = 80
KEY_KP3 = 81
KEY_KP0 = 82
KEY_KPDOT = 83
KEY_KPENTER = 96
KEY_RIGHTCTRL = 97
KEY_KPSLASH = 98
KEY_RIGHTALT = 100
KEY_LINEFEED = 101
KEY_KPEQUAL = 117
KEY_KPCOMMA = 121
KEY_LEFTMETA = 125
KEY_RIGHTMETA = 126

BTN_MISC = 0x100
"""From here on: buttons of mice, tablets and the like, which type nothing."""

SHIFTS = frozenset({KEY_LEFTSHIFT, KEY_RIGHTSHIFT})
CONTROLS = frozenset({KEY_LEFTCTRL, KEY_RIGHTCTRL})
METAS = frozenset({KEY_LEFTMETA, KEY_RIGHTMETA})
MODIFIERS = SHIFTS | CONTROLS | METAS | {KEY_LEFTALT, KEY_RIGHTALT}
