"""ZVT: how a till and a card terminal talk, without any wire.

    errors    what can be wrong with bytes
    bcd       packed decimal numbers
    apdu      one APDU, and a stream of them as TCP delivers it
    bitmaps   the BMPs: number, length rule, value; kept as they came
    tlv       the objects in BMP 06; kept as they came
    messages  one type for each message, both ways
    codec     bytes in, message out, and back without loss
    requests  the till's commands, ready to encode
    approval  a terminal's answer as the domain's types, card number masked
    slips     receipt text of print commands
    charset   the terminal's text
    masking   card numbers that must not leave
    meanings  English words for status, error and card type codes
    link      the serial line's frames and checksum

`decode` takes any bytes and gives a message or raises ZvtError, and `encode(decode(data)) == data`.

Source: Verband der Terminalhersteller, "ECR-Interface ZVT-Protocol": PA00P015 revision 13.08 (commands, bitmaps,
codes; "chapter" below means this one) and PA00P016 revision 04 (transport). Numbers are hexadecimal, as there.
"""
