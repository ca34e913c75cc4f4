"""Writes want/X.ipynb for every in/X.ipynb with Python's nbformat.

Run in this folder: /usr/bin/python3 golden.py
"""

import hashlib
import pathlib
import warnings

import nbformat

warnings.simplefilter("ignore")
here = pathlib.Path(__file__).parent
for path in sorted((here / "in").glob("*.ipynb")):
    nb = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    if (nb.nbformat, nb.nbformat_minor) < (4, 5):
        nb = nbformat.v4.upgrade(nb)
        # Python's ids are random; ours depend on place and text.
        for i, cell in enumerate(nb.cells):
            cell.id = hashlib.sha256(f"{i}\n{cell.source}".encode()).hexdigest()[:8]
    nbformat.write(nb, here / "want" / path.name)
