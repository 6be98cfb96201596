"""Web: pages for people and the same verbs as JSON. Translates; no rule lives here."""
