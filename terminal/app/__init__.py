"""The use cases a person would name: sell, pay, print, recover. What they need stands in app/ports."""
