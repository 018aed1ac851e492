"""Tell the files that cannot be read by their first bytes, and say what a person can do instead."""

from inquote.ingest.formats.archive import ZIP_START, central_directory

ARCHIVE = "it is a {} archive; unpack it and ingest the folder"
PROGRAM = "it is a program, which holds no text to read"
SOUND = "it is a recording of sound or pictures; ingest a transcript of it"
PICTURE = "it is a {} picture; save it as PNG and ingest that"
DATABASE = "it is a {} file; export its tables as CSV and ingest those"
BOOK = "it is a {} book; convert it to EPUB and ingest that"
PAGES = "it is a {} file; convert it to PDF and ingest that"
FONT = "it is a font, which holds no text to read"
APPLE = "it is a Pages, Numbers or Keynote file; export it as PDF and ingest that"
SAVE_AS = "it is an {} file; save it as {} and ingest that"
LOCKED = "it is encrypted; save it without a password"

_STARTS = (
    (b"\x1f\x8b", ARCHIVE.format("gzip")),
    (b"BZh", ARCHIVE.format("bzip2")),
    (b"\xfd7zXZ\0", ARCHIVE.format("xz")),
    (b"\x28\xb5\x2f\xfd", ARCHIVE.format("Zstandard")),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE.format("7z")),
    (b"Rar!\x1a", ARCHIVE.format("RAR")),
    (b"MSCF\0", ARCHIVE.format("CAB")),
    (b"\x7fELF", PROGRAM),
    (b"\xfe\xed\xfa", PROGRAM),
    (b"\xce\xfa\xed\xfe", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\0asm", PROGRAM),
    (b"ID3", SOUND),
    (b"\xff\xfb", SOUND),
    (b"\xff\xf3", SOUND),
    (b"\xff\xf1", SOUND),
    (b"fLaC", SOUND),
    (b"OggS\0", SOUND),
    (b"MThd\0", SOUND),
    (b"\x1aE\xdf\xa3", SOUND),
    (b"FLV\x01", SOUND),
    (b"0&\xb2u\x8ef\xcf\x11", SOUND),
    (b"\0\0\x01\xba", SOUND),
    (b"\0\0\x01\xb3", SOUND),
    (b"GIF87a", PICTURE.format("GIF")),
    (b"GIF89a", PICTURE.format("GIF")),
    (b"8BPS\0", PICTURE.format("Photoshop")),
    (b"\0\0\x01\0", PICTURE.format("ICO")),
    (b"\xd7\xcd\xc6\x9a", PICTURE.format("WMF")),
    (b"SQLite format 3\0", DATABASE.format("database")),
    (b"PAR1", DATABASE.format("Parquet")),
    (b"\x89HDF\r\n", DATABASE.format("HDF5")),
    (b"\0\x01\0\0Standard", DATABASE.format("database")),
    (b"ITSF\x03\0", PAGES.format("Windows help")),
    (b"%!PS", PAGES.format("PostScript")),
    (b"AT&TFORM", PAGES.format("DjVu")),
    (b"OTTO\0", FONT),
    (b"\0\x01\0\0\0", FONT),
    (b"wOFF", FONT),
    (b"wOF2", FONT),
)
_OLD_PARTS = (  # the name of a stream of an old Office file, and what the file is
    ("EncryptedPackage", LOCKED),
    ("WordDocument", SAVE_AS.format("old Word (.doc)", ".docx")),
    ("PowerPoint Document", SAVE_AS.format("old PowerPoint (.ppt)", ".pptx")),
    ("Workbook", SAVE_AS.format("old Excel (.xls)", ".xlsx")),
    ("Book", SAVE_AS.format("old Excel (.xls)", ".xlsx")),
    ("__substg1.0_", SAVE_AS.format("Outlook (.msg)", ".eml")),
)
_OLD_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_OFFICE = SAVE_AS.format("old Office", ".docx, .xlsx or .pptx")
_ZIP_PARTS = (  # the beginning of a part's name in an archive, and what the archive is
    (b"Index/Document.iwa", APPLE),
    (b"Index.zip", APPLE),
    (b"index.apxl", APPLE),
    (b"xl/workbook.bin", SAVE_AS.format("Excel (.xlsb)", ".xlsx")),
    (b"xl/", SAVE_AS.format("unknown kind of Excel", ".xlsx")),
    (b"ppt/", SAVE_AS.format("unknown kind of PowerPoint", ".pptx")),
    (b"visio/", PAGES.format("Visio")),
    (b"classes.dex", PROGRAM),
    (b"META-INF/MANIFEST.MF", PROGRAM),
    (b"FixedDocSeq.fdseq", PAGES.format("XPS")),
)
_STATED_TYPES = (  # in the part "mimetype" at the beginning of an archive
    (b"opendocument.text", SAVE_AS.format("OpenDocument", ".docx")),
    (b"opendocument.spreadsheet", SAVE_AS.format("OpenDocument (.ods)", ".xlsx")),
    (b"opendocument.presentation", SAVE_AS.format("OpenDocument (.odp)", ".pptx")),
    (b"opendocument.graphics", PAGES.format("OpenDocument (.odg)")),
)


def reason_against(content: bytes) -> str:
    """Return why a file that no format takes is not read, "" where it may be text."""
    for start, reason in _STARTS:
        if content.startswith(start):
            return reason
    if content.startswith(ZIP_START):
        return _reason_against_zip(content)
    if content.startswith(_OLD_START):
        for name, reason in _OLD_PARTS:
            if name.encode("utf-16-le") in content:
                return reason
        return _OLD_OFFICE
    return _reason_within(content)


def _reason_within(content: bytes) -> str:
    """Return the reason against formats that are told by bytes after their first ones."""
    kind = content[4:12]
    if kind.startswith(b"ftyphei") or kind.startswith(b"ftypmif") or kind.startswith(b"ftypavif"):
        return PICTURE.format("HEIC or AVIF")
    if kind.startswith(b"ftyp") or (content[:4] == b"RIFF" and content[8:12] in (b"WAVE", b"AVI ")):
        return SOUND
    if content[257:262] == b"ustar":
        return ARCHIVE.format("tar")
    if content[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        return BOOK.format("Kindle")
    has_zeros = b"\0" in content[:64]
    if has_zeros and content.startswith(b"MZ"):
        return PROGRAM
    return PICTURE.format("BMP") if has_zeros and content.startswith(b"BM") else ""


def _reason_against_zip(content: bytes) -> str:
    """Return the reason against an archive, by what it holds."""
    directory = central_directory(content)
    if not directory:
        return "it is a damaged archive; copy or download it again"
    for kind, reason in _STATED_TYPES:
        if kind in content[:120]:
            return reason
    for name, reason in _ZIP_PARTS:
        if name in directory:
            return reason
    return ARCHIVE.format("ZIP")
