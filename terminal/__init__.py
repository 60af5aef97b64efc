"""Kasse: a point-of-sale terminal for small boards. See README.md beside this file for the house."""

__version__ = "0.1.0"
