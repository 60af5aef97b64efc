"""nexo Retailer as Adyen's Terminal API speaks it on the shop's own network, without any wire.

    errors         what can be wrong with bytes
    envelope       NexoCrypto: a message sealed and opened
    fields         names and amounts as JSON has them
    messages       the messages, both ways; unknown fields are passed over
    requests       the till's requests, ready to seal
    answers        a terminal's answer as the domain's types, card number masked
    receipts       receipt text as slips
    notifications  what the terminal tells on its own: events and its display
    meanings       Result and ErrorCondition as the domain's reasons, and English words

`read` takes any bytes and gives a message or raises NexoError.

Sources: Adyen, "Terminal API" (API reference, version 1) and "Protect local communications" (documentation, point of
sale, local architecture); nexo standards, "Sale to POI Protocol" 3.0. The envelope is checked against the vendor's npm
package in tests/protocols/nexo.
"""
