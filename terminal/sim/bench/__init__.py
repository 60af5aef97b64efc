"""The bench: the web page on which a person (or a test) works the far ends of the till's wires."""
