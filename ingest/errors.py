"""Name each error by what a person can do about it."""


class InquoteError(Exception):
    """An error whose message is one clear sentence for the user, saying what to do.

    The command line prints it and exits with 2.
    """


class QuestionError(InquoteError):
    """The question is empty or too long.

    Asking another one helps.
    """


class LibraryMissing(InquoteError):
    """There is no library at that place.

    Ingesting makes one.
    """


class LibraryMismatch(InquoteError):
    """The library was made with another embedder, chunking or format.

    Rebuilding helps.
    """


class LibraryDamaged(InquoteError):
    """A stored file or record differs from what was written.

    The message names it.
    """


class LibraryUnavailable(InquoteError):
    """A sound library cannot be read or written now: a full disk, a share that is gone.

    Seeing to that, and trying again, helps.
    """


class LibraryBusy(InquoteError):
    """Another process is writing the library.

    Waiting helps.
    """


class WriterLost(LibraryBusy):
    """Another process wrote the library first; what this one wrote is seen by nobody.

    Ingesting again, on what the other wrote, helps.
    """


class GenerationGone(InquoteError):
    """An earlier generation of the library is not kept.

    Asking a later one helps.
    """


class IngestError(InquoteError):
    """Nothing was ingested, for the reason in the message.

    The library is as it was.
    """


class ModelError(InquoteError):
    """Model files are missing, cut or swapped.

    Reinstalling or naming another model helps.
    """


class FileSkipped(InquoteError):
    """One file is not ingested, for the reason in the message.

    The ingest goes on without it.
    """


class OnlyPictures(FileSkipped):
    """A file holds no text, only pictures of it.

    Recognising the words in them helps.
    """
