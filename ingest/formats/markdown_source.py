"""Turn what Markdown has in its dialects into plain Markdown, line by line, code aside.

Footnotes are taken out; the lines that open and close an admonition become its label; the mark
before a definition goes; an HTML table with blank lines in it becomes one block.
"""

import re
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(`{3,200}+|~{3,200}+)([^\n]*+)")
_NOTE = re.compile(r" {0,3}\[\^([^\[\]\s]{1,80}+)\]:[ \t]*+(.*+)")
_INLINE_NOTE = re.compile(r"\^\[([^\[\]\n]{1,1000}+)\]")
_ADMONITION = re.compile(  # of MkDocs
    r'(?:!!!|\?\?\?\+?)[ \t]{1,9}+([\w-]{1,40}+)[^"\n]{0,80}+(?:"([^"\n]{0,200}+)")?[ \t]{0,9}+\Z'
)
_DIRECTIVE = re.compile(
    r"(?<![ :]) {0,3}:{3,20}+[ \t]{0,9}+(?:\{?([\w-]{1,40}+)\}?([^\n{}]{0,200}+))?\Z"
)
_GITHUB_LABEL = re.compile(r"((?:[ \t]{0,3}>){1,9}+[ \t]?)\[!(\w{1,20}+)\][ \t]{0,9}+\Z")
_LABELS = frozenset(
    "note tip hint important warning caution attention danger error info abstract success "
    "question failure bug example quote seealso admonition".split()
)
_DEFINITION = re.compile(r":[ \t]{1,3}(?=\S)")
_MARKS = re.compile(r"\*\*|__|`|\]\(|^[ \t]{0,3}#", re.MULTILINE)
_MAX_TABLE_LINES = 2_000


class Source:
    """A Markdown text in plain Markdown, and the texts of its notes by their names."""

    def __init__(self, text: str) -> None:
        self.notes: dict[str, str] = {}
        self._lines = text.split("\n")
        self._at = 0
        self.text = "\n".join(self._plain_lines())

    def _plain_lines(self) -> Iterator[str]:
        """Yield the lines in plain Markdown."""
        before = ""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            fence = _FENCE.match(line)
            note = _NOTE.match(line)
            admonition = _ADMONITION.match(line)
            if fence:
                yield from self._pass_code(line, fence)
            elif note:
                self.notes.setdefault(note[1], self._rest_of_note(note[2]))
            elif admonition:
                yield from ("", admonition[2] or admonition[1].capitalize(), "")
                yield from self._dedented()
            elif "<table" in line:
                yield from self._table(line)
            else:
                yield self._plain(line, before)
            before = line

    def _plain(self, line: str, before: str) -> str:
        """Return a line of prose in plain Markdown."""
        if ":::" in line:
            directive = _DIRECTIVE.match(line)
            if directive:
                name = directive[1] or ""
                title = (directive[2] or "").strip()
                label = title or (name.capitalize() if name.lower() in _LABELS else "")
                return f"\n{label}\n"
        if line.startswith(":") and before.strip():
            line = _DEFINITION.sub("", line, count=1)
        if "[!" in line:
            line = _GITHUB_LABEL.sub(_github_label, line)
        return _INLINE_NOTE.sub(self._name_note, line) if "^[" in line else line

    def _name_note(self, match: re.Match[str]) -> str:
        """Keep the text of a note within a line, and return a reference to it."""
        name = f"inline-{len(self.notes)}"
        self.notes[name] = match[1]
        return f"[^{name}]"

    def _pass_code(self, line: str, fence: re.Match[str]) -> Iterator[str]:
        """Yield the lines of fenced code as they are; of an admonition in fences its text."""
        mark, info = fence[1], fence[2].strip()
        name, _, title = info.strip("{").partition("}")
        is_prose = info.startswith("{") and name.lower() in _LABELS
        if "`" in info and mark[0] == "`":
            yield line
            return
        yield f"\n{title.strip() or name.capitalize()}\n" if is_prose else line
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            closes = line.strip().startswith(mark) and not line.strip().strip(mark[0])
            if closes and is_prose:
                yield ""
            else:
                yield line
            if closes:
                return

    def _rest_of_note(self, first: str) -> str:
        """Return the text of a note: its first line, and those that are indented or go on."""
        lines = [first]
        while self._at < len(self._lines):
            line = self._lines[self._at]
            is_indented = line.startswith(("    ", "\t"))
            goes_on = line.strip() and lines[-1].strip() and not _NOTE.match(line)
            if line.strip() and not is_indented and not goes_on:
                break
            lines.append(line.strip())
            self._at += 1
        while len(lines) > 1 and not lines[-1]:
            lines.pop()
            self._at -= 1
        return "\n".join(lines).strip()

    def _dedented(self) -> Iterator[str]:
        """Yield the indented lines that follow, without their indent."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and not line.startswith("    "):
                return
            yield line[4:]
            self._at += 1

    def _table(self, line: str) -> Iterator[str]:
        """Yield the lines of an HTML table, without blank ones if no Markdown stands in it."""
        lines = [line]
        end = min(len(self._lines), self._at + _MAX_TABLE_LINES)
        for at in range(self._at, end):
            if "</table" in lines[-1]:
                break
            lines.append(self._lines[at])
        is_plain = "</table" in lines[-1] and not _MARKS.search("\n".join(lines))
        if not is_plain:
            yield line
            return
        self._at += len(lines) - 1
        yield from filter(str.strip, lines)


def _github_label(match: re.Match[str]) -> str:
    """Return the label of an admonition as GitHub shows it, or the line as it was."""
    if match[2].lower() not in _LABELS:
        return match.group()
    return match[1] + match[2].capitalize()
