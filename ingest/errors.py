"""Errors that a person can act on, named by what the caller can do about them."""


class InquoteError(Exception):
    """One clear sentence for the user that says what to do; the command line exits with 2."""


class QuestionError(InquoteError):
    """The question cannot be asked as it stands (empty, too long); another one can."""


class LibraryMissing(InquoteError):
    """There is no library at that place; ingesting makes one."""


class LibraryMismatch(InquoteError):
    """The library was made with another embedder, chunking or format; rebuilding helps."""


class LibraryDamaged(InquoteError):
    """Something stored is not what was written; the message names it."""


class LibraryBusy(InquoteError):
    """Another process is writing the library; waiting helps."""


class GenerationGone(InquoteError):
    """An earlier generation of the library is not kept; a later one can be asked."""


class IngestError(InquoteError):
    """Nothing was ingested and the library is as it was; the message gives the reason."""


class ModelError(InquoteError):
    """Model files are missing, cut or swapped; reinstalling or naming another model helps."""


class FileSkipped(InquoteError):
    """One file is not ingested, for the reason given; the others go on."""
