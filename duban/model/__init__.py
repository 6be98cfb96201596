"""The words: frozen values that every floor may speak."""
