import pytest

from inquote.ingest.formats import rst
from inquote.ingest.formats.registry import detect_format

SAMPLE = """
Harbour rules
=============

:Author: Ann Lee

Boats *moor* at the ``north`` quay [1]_, see :ref:`the fees <fees>`.

.. [1] Not in winter.

Fees
----

1. dinghies

   * with oars

2. yachts

a) others

Berth
  A place at the quay.

.. note:: The crane lifts 4 tonnes.

.. code-block:: sh
   :linenos:

   moor --length 12

.. table:: Fees in euros

   +--------+------+-----+
   | Boat   | Days | Fee |
   +========+======+=====+
   | dinghy | 1    | 8   |
   |        +------+-----+
   |        | 2    | 15  |
   +--------+------+-----+

.. versionadded:: 2.0
   Fees for *canoes*.

.. toctree::

   other

| Quay Lane 5
| Ayr

.. include:: /etc/hostname

.. raw:: html

   <b>raw</b>
"""


def test_what_a_reader_sees_is_the_text() -> None:
    parsed = rst.parse(SAMPLE)
    assert parsed.text.split("\n\n") == [
        "Harbour rules",
        "Author: Ann Lee",
        "Boats moor at the north quay ¹, see the fees.",
        "¹ Not in winter.",
        "Fees",
        "1. dinghies\n  - with oars\n2. yachts",
        "a) others",
        "Berth\nA place at the quay.",
        "Note",
        "The crane lifts 4 tonnes.",
        "moor --length 12",
        "Fees in euros",
        "Boat | Days | Fee\ndinghy | 1 | 8\n2 | 15",
        "2.0",
        "Fees for canoes.",
        "Quay Lane 5\nAyr",
    ]
    assert parsed.title == "Harbour rules"
    assert [(section.title, section.level) for section in parsed.sections] == [
        ("Harbour rules", 1),
        ("Fees", 2),
    ]


def test_blocks_have_their_kinds() -> None:
    parsed = rst.parse(SAMPLE)
    kinds = [block.kind for block in parsed.blocks if block.kind not in ("row", "cell")]
    assert (
        kinds
        == (
            "heading paragraph paragraph note heading item item item item paragraph paragraph "
            "paragraph code caption table paragraph paragraph paragraph"
        ).split()
    )
    cells = {
        parsed.text[block.start : block.end]: (block.column, block.row_span, block.is_header)
        for block in parsed.blocks
        if block.kind == "cell"
    }
    assert cells["Boat"] == (0, 1, True)
    assert cells["dinghy"] == (0, 2, False)
    assert cells["15"] == (2, 1, False)


@pytest.mark.parametrize(
    ("content", "suffix", "name"),
    [
        ("Otters swim.", ".rst", "rst"),
        (SAMPLE, ".txt", "rst"),
        (SAMPLE, ".md", "markdown"),
        ("Title\n=====\n\nText.", ".txt", "text"),
        ("Text.\n\n.. note:: Not by itself.", ".txt", "text"),
    ],
)
def test_it_is_told_from_text_and_markdown(content: str, suffix: str, name: str) -> None:
    assert detect_format(content.encode(), suffix).name == name


def test_broken_markup_costs_its_own_part() -> None:
    text = rst.parse(
        "A\n===\n\nB\n~~~~\n\nC\n^^^^\n\n*open `open ``open\n\n.. x::\n\n  - y\n z"
    ).text
    assert "open" in text and "y" in text and "z" in text
