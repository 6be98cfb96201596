"""The bureau's content: its folder found, its settings read, its names listed."""

from duban.bureau.folder import Bureau, find_folder, open_bureau
from duban.bureau.reading import read_settings
from duban.bureau.settings import Settings

__all__ = ["Bureau", "Settings", "find_folder", "open_bureau", "read_settings"]
