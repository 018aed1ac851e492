"""Read what the sheets of a workbook share: its texts, its formats, the list of its sheets."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from inquote.ingest.formats.package import Package
from inquote.ingest.formats.sheet.codes import BUILT_IN, GENERAL

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class SheetEntry:
    """A sheet in the list of a workbook: its name, its part, whether it is hidden."""

    name: str
    part: str
    is_hidden: bool


class CellStyle(NamedTuple):
    """What a style makes of a cell: its number format, and whether it is bold."""

    number_format: str = GENERAL
    is_bold: bool = False


_PLAIN = CellStyle()


class Workbook:
    """The shared parts of a workbook."""

    def __init__(self, package: Package, name: str, root: Any) -> None:
        """Read the parts that the main part names."""
        relations = package.relations(name)
        self.sheets: list[SheetEntry] = []
        for element in root.iter(f"{S}sheet"):
            relation = relations.get(element.get(f"{R}id") or "")
            if relation is not None:
                is_hidden = element.get("state") in ("hidden", "veryHidden")
                title = element.get("name") or ""
                self.sheets.append(SheetEntry(title, relation.target, is_hidden))
        properties = root.find(f"{S}workbookPr")
        date = None if properties is None else properties.get("date1904")
        self.counts_from_1904 = date in ("1", "true")
        self._strings: list[str] = []
        self._styles: list[CellStyle] = []
        for relation in relations.values():
            if relation.kind == "sharedStrings":
                self._read_strings(package.xml(relation.target))
            elif relation.kind == "styles":
                self._read_styles(package.xml(relation.target))

    def string(self, index: str) -> str:
        """Return a shared text by its index, "" where there is none."""
        number = int(index) if index.isdecimal() and len(index) < 9 else -1
        return self._strings[number] if 0 <= number < len(self._strings) else ""

    def style(self, index: str | None) -> CellStyle:
        """Return a cell's style by its index."""
        number = _index(index or "0")
        return self._styles[number] if number < len(self._styles) else _PLAIN

    def _read_strings(self, root: Any) -> None:
        for item in () if root is None else root.iter(f"{S}si"):
            self._strings.append(rich_text(item))

    def _read_styles(self, root: Any) -> None:
        """Read the number format and the boldness of each style of a cell."""
        if root is None:
            return
        codes = {str(number): code for number, code in BUILT_IN.items()}
        for element in root.iter(f"{S}numFmt"):
            codes[element.get("numFmtId") or ""] = element.get("formatCode") or GENERAL
        fonts = root.find(f"{S}fonts")
        bold = []
        for font in () if fonts is None else fonts:
            switch = font.find(f"{S}b")
            bold.append(switch is not None and switch.get("val") not in ("0", "false"))
        styles = root.find(f"{S}cellXfs")
        for style in () if styles is None else styles:
            code = codes.get(style.get("numFmtId") or "", GENERAL)
            number = _index(style.get("fontId") or "0")
            self._styles.append(CellStyle(code, number < len(bold) and bold[number]))


def rich_text(item: Any) -> str:
    """Return the text of a shared or inline text, without the reading of its characters."""
    parts = []
    for element in () if item is None else item.iter(f"{S}t"):
        if element.getparent().tag != f"{S}rPh":
            parts.append(element.text or "")
    return _ESCAPED.sub(lambda code: chr(int(code.group(1), 16)), "".join(parts))


def _index(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
