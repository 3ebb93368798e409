import os
import tempfile
import unittest

from ledger.book import Ledger


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.book = Ledger(os.path.join(self.folder.name, "data.json"))

    def tearDown(self):
        self.folder.cleanup()

    def test_put_and_get(self):
        self.book.put("a", 1)
        self.assertEqual(self.book.look_up("a"), 1)

    def test_amend_merges(self):
        self.book.put("a", {"x": 1})
        self.assertEqual(self.book.amend("a", {"y": 2}), {"x": 1, "y": 2})

    def test_strike(self):
        self.book.put("a", 1)
        self.assertTrue(self.book.strike("a"))
        self.assertEqual(self.book.names(), [])


if __name__ == "__main__":
    unittest.main()
