"""FEEL, the language of decision cells: read, checked and compiled once (docs/decisions-language.md)."""
