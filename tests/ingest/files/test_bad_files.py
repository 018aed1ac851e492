"""Bad files take at most 20 seconds and 1 GB each, and the good file beside them is read."""

import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from made_files import down, pdf
from places import ROOT

WORD = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": "<Relationships "
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
}
BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
TEXT = '<?xml version="1.0"?>{}' + BODY
MAIL = b'From: a@b.c\nSubject: x\nContent-Type: multipart/mixed; boundary="x"\n\n'
LAUGHS = "".join(f'<!ENTITY a{at + 1} "{f"&a{at};" * 10}">' for at in range(9))


def word(document: str, **parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**WORD, "word/document.xml": document, **parts}.items():
            archive.writestr(name, content)
    return file.getvalue()


def paragraphs(text: str, count: int) -> str:
    return BODY.format(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" * count)


def bomb() -> bytes:
    stream = zlib.compress(zlib.compress(b"0" * 400_000_000, 9), 9)
    content = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(stream),
        stream,
    )
    head, _, rest = pdf([down(["x"])]).partition(b"<< /Length")
    return head + content + rest.partition(b"endstream")[2]


BAD = {
    "deep.html": lambda: b"<div>" * 200_000 + b"deep",
    "comments.html": lambda: b"<p>comments" + b"<!--" * 100_000,
    "scripts.html": lambda: b"<p>scripts" + b"<script>x</script>" * 200_000,
    "attributes.html": lambda: b"<p " + b"a=1 " * 500_000 + b">attributes",
    "giant.docx": lambda: word(paragraphs("0" * 600_000_000, 1)),
    "many.docx": lambda: word(paragraphs("a", 1_500_000)),
    "laughs.docx": lambda: word(TEXT.format(f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>', "&a9;")),
    "foreign.docx": lambda: word(
        TEXT.format('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;")
    ),
    "outside.docx": lambda: word(paragraphs("a", 1), **{"../outside": "x"}),
    "bomb.pdf": bomb,
    "cyclic.pdf": lambda: pdf([down(["x"])]).replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]"),
    "pictures.pdf": lambda: pdf([[]]),
    "brackets.md": lambda: b"[" * 5_000_000,
    "quotes.md": lambda: b">" * 5_000_000,
    "marks.txt": lambda: b"a" + "\u0301\u0316".encode() * 2_000_000,
    "stops.txt": lambda: b"a" + b"." * 5_000_000 + b"x",
    "cells.csv": lambda: b"a,b,c\n" + b"1,2,3\n" * 5_000_000,
    "quote.csv": lambda: b"a,b\n" + b'"' + b"x,y\n" * 2_000_000,
    "parts.eml": lambda: MAIL + b"--x\nContent-Type: text/csv\n\na;b\n" * 300_000,
    "deep.eml": lambda: MAIL + b'--x\nContent-Type: multipart/mixed; boundary="x"\n\n' * 100_000,
    "headers.eml": lambda: b"From: a@b.c\n" * 1_000_000 + b"Subject: x\n\nx",
    "titles.txt": lambda: b"A Title\n\n" * 500_000,
}
READ = """
import json, resource, sys, time
from pathlib import Path
from inquote.ingest.chunk import chunk
from inquote.ingest.files.collect import Limits, LoadedFile, read_files
from inquote.ingest.files.find import find_sources
for outcome in read_files(find_sources([Path(sys.argv[1])]).sources, {}, Limits()):
    result = getattr(outcome, "reason", "")
    if isinstance(outcome, LoadedFile):
        chunk(outcome.document, lambda text: len(text) // 4 + 2, 256)
        result = "read"
status = Path("/proc/self/status").read_text().splitlines()
own = next(line for line in status if line.startswith("VmHWM"))
peak = max(int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)  # kB
print(json.dumps([result, peak * 1024, time.process_time()]))
"""


def read(path: Path) -> tuple[str, int, float]:
    """Return the result, the peak memory of any process and the CPU seconds of the parent."""
    command = [sys.executable, "-c", READ, str(path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    result, peak, seconds = json.loads(done.stdout)
    return result, peak, seconds


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_takes_at_most_20_seconds_and_1_gb(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BAD[name]())
    result, peak, seconds = read(tmp_path / name)
    print(name, result, f"{peak / 1e6:.0f} MB, {seconds:.1f} s in the parent")
    assert result
    assert peak <= 1_000_000_000
    assert seconds < 20


@pytest.mark.slow
def test_no_bad_file_stops_the_good_one(tmp_path: Path) -> None:
    from inquote.ingest.files.collect import Limits, collect
    from inquote.ingest.files.find import find_sources

    for name in ("comments.html", "laughs.docx", "cyclic.pdf", "brackets.md", "stops.txt"):
        (tmp_path / name).write_bytes(BAD[name]())
    (tmp_path / "good.txt").write_text("Good.")
    outcomes = collect(find_sources([tmp_path]).sources, {}, Limits())
    assert "Good." in [loaded.document.text for loaded in outcomes.loaded]
    assert len(outcomes.loaded) + len(outcomes.skipped) == 6
