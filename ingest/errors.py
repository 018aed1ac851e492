"""Name the errors that a person can act on, by what the person can do."""


class InquoteError(Exception):
    """An error whose message is one clear sentence for the user, saying what to do.

    The command line prints it and exits with 2.
    """


class QuestionError(InquoteError):
    """The question is empty or too long; ask another one."""


class LibraryMissing(InquoteError):
    """There is no library at that place; ingesting makes one."""


class LibraryMismatch(InquoteError):
    """The library was made with another embedder, chunking or format; rebuilding helps."""


class LibraryDamaged(InquoteError):
    """Something stored is not what was written; the message names it."""


class LibraryBusy(InquoteError):
    """Another process is writing the library; waiting helps."""


class GenerationGone(InquoteError):
    """An earlier generation of the library is not kept; ask a later one."""


class IngestError(InquoteError):
    """Nothing was ingested and the library is as it was; the message gives the reason."""


class ModelError(InquoteError):
    """Model files are missing, cut or swapped; reinstalling or naming another model helps."""


class FileSkipped(InquoteError):
    """One file is not ingested, for the reason in the message; the ingest goes on without it."""
