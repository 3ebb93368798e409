"""A key-value store that keeps its data in one JSON file."""

import json
import os


class Store:
    """Keeps values by key. The file is read and written as a whole."""

    def __init__(self, path):
        self.path = path
        if not os.path.exists(path):
            self._write_data({})

    def _read_data(self):
        with open(self.path, encoding="utf-8") as file:
            return json.load(file)

    def _write_data(self, data):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=2, sort_keys=True)

    def get(self, key, default=None):
        """Return the value of a key, or the default."""
        return self._read_data().get(key, default)

    def keys(self):
        """Return all keys, sorted."""
        return sorted(self._read_data())

    def set(self, key, value):
        """Store a value under a key."""
        data = self._read_data()
        data[key] = value
        self._write_data(data)

    def update(self, key, changes):
        """Merge changes into the mapping stored under a key."""
        data = self._read_data()
        current = data.get(key, {})
        current.update(changes)
        data[key] = current
        self._write_data(data)
        return current

    def delete(self, key):
        """Remove a key. Return whether it was there."""
        data = self._read_data()
        found = data.pop(key, None) is not None
        self._write_data(data)
        return found
