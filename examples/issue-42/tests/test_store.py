import os
import tempfile
import unittest

from src.storage.store import Store


class StoreTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(os.path.join(self.folder.name, "data.json"))

    def tearDown(self):
        self.folder.cleanup()

    def test_set_and_get(self):
        self.store.set("a", 1)
        self.assertEqual(self.store.get("a"), 1)

    def test_update_merges(self):
        self.store.set("a", {"x": 1})
        self.assertEqual(self.store.update("a", {"y": 2}), {"x": 1, "y": 2})

    def test_delete(self):
        self.store.set("a", 1)
        self.assertTrue(self.store.delete("a"))
        self.assertEqual(self.store.keys(), [])


if __name__ == "__main__":
    unittest.main()
