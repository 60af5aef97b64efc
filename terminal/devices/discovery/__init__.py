"""What is plugged in and what stands on the network: found without opening anything that could move, print or beep.

tree        sysfs and /dev as files; names that stay (by-id, by-path)
kernel      USB, keyboards, serial ports, HID devices, USB printers, the header's pins
vendors     who is known to make scanners or printers
named       which device of the settings a find is
lines       what to add to the settings
announced   printers that say of themselves that they are there (mDNS)
scanning    every address of the board's own networks, when asked
"""
