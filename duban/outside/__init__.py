"""The world outside: letters are rendered, messages are sent, files are written."""
