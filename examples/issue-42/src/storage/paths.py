"""Where data files live."""

import os


def data_path(name, root=None):
    """Return the path of a data file; its folder is made when it is missing."""
    folder = root or os.path.join(os.path.expanduser("~"), ".storage")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name + ".json")
