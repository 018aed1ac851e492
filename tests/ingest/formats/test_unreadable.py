"""Files that cannot be read are told by their content, with advice that helps."""

import io
import tarfile

import pytest

from inquote.ingest.errors import FileSkipped
from inquote.ingest.formats.registry import detect_format
from made_files import archive

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def old(stream: str) -> bytes:
    return OLD + stream.encode("utf-16-le")


def tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        packed.addfile(tarfile.TarInfo("a.txt"))
    return file.getvalue()


FILES = {
    "save it as .docx": old("WordDocument"),
    "save it as .xlsx": old("Workbook"),
    "save it as .pptx": old("PowerPoint Document"),
    "save it as .eml": old("__substg1.0_0037001F"),
    "old Office file": OLD,
    "save it without a password": old("EncryptedPackage"),
    "ZIP archive; unpack it": archive({"a.zip": archive({"word/document.xml": b"x"}, level=0)}),
    "gzip archive; unpack it": b"\x1f\x8b\x08" + bytes(20),
    "7z archive; unpack it": b"7z\xbc\xaf\x27\x1c" + bytes(20),
    "RAR archive; unpack it": b"Rar!\x1a\x07" + bytes(20),
    "tar archive; unpack it": tar(),
    "Pages, Numbers or Keynote": archive({"Index/Document.iwa": b"x"}),
    "xlsb": archive({"xl/workbook.bin": b"x"}),
    r"\.ods": archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, 0),
    "damaged archive": archive({"word/document.xml": b"x" * 500})[:60],
    "recording": b"RIFF\x24\0\0\0WAVEfmt ",
    "transcript of it": b"\0\0\0\x20ftypisom\0\0\2\0",
    "a program": b"\x7fELF\2\1\1" + bytes(20),
    "program, which": b"MZ\x90\0\3\0",
    "GIF picture; save it as PNG": b"GIF89a\1\0\1\0",
    "HEIC or AVIF": b"\0\0\0\x18ftypheic\0\0\0\0",
    "Kindle book; convert it to EPUB": b"a book".ljust(60, b"\0") + b"BOOKMOBI",
    "export its tables as CSV": b"SQLite format 3\0",
}


@pytest.mark.parametrize("suffix", [".txt", ".docx", ".csv", ".html"])
@pytest.mark.parametrize("reason", FILES)
def test_each_kind_is_refused_with_what_helps(reason: str, suffix: str) -> None:
    with pytest.raises(FileSkipped, match=f"^it is .*{reason}|^it is encrypted; {reason}"):
        detect_format(FILES[reason], suffix)


def test_text_that_begins_like_another_format_is_text() -> None:
    for text in (b"MZ is a postal code.", b"BM 12 is a road.", b"PAR is a term of golf."):
        assert detect_format(text, ".txt").name == "text"
