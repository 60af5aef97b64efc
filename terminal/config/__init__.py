"""Frozen typed settings from one TOML file."""

from pathlib import Path

DEFAULT = Path("/etc/kasse/kasse.toml")
"""Where the settings stand unless the command line says otherwise."""
