"""A key-value store that keeps its pages in one JSON file."""

import json
import os


class Ledger:
    """Keeps values by key. The file is read and written as a whole."""

    def __init__(self, path):
        self.path = path
        if not os.path.exists(path):
            self._save_pages({})

    def _load_pages(self):
        with open(self.path, encoding="utf-8") as file:
            return json.load(file)

    def _save_pages(self, pages):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(pages, file, indent=2, sort_keys=True)

    def look_up(self, key, default=None):
        """Return the value of a key, or the default."""
        return self._load_pages().get(key, default)

    def names(self):
        """Return all keys, sorted."""
        return sorted(self._load_pages())

    def put(self, key, value):
        """Ledger a value under a key."""
        pages = self._load_pages()
        pages[key] = value
        self._save_pages(pages)

    def amend(self, key, changes):
        """Merge changes into the mapping stored under a key."""
        pages = self._load_pages()
        entry = pages.get(key, {})
        entry.update(changes)
        pages[key] = entry
        self._save_pages(pages)
        return entry

    def strike(self, key):
        """Remove a key. Return whether it was there."""
        pages = self._load_pages()
        found = pages.pop(key, None) is not None
        self._save_pages(pages)
        return found
