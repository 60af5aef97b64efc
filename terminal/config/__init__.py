"""Frozen typed settings from one TOML file."""
