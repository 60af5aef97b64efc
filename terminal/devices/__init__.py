"""Drivers: one adapter a file, each between a port of app/ports and a wire."""
