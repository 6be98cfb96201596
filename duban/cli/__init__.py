"""Command line: ``duban <noun> <verb>``; results on stdout, talk on stderr, nothing decided here."""
