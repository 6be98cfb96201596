"""Handlers of the service tasks that the diagrams name; they know the house by duban.api alone."""
