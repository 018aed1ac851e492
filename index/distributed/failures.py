"""Say in one sentence what went wrong with a cluster, and what to do."""

from inquote.ingest.errors import InquoteError

KEPT = (
    "the library answers as before, passages that were embedded are kept, and the same command "
    "goes on from them"
)
_STORE_FULL = ("ObjectStoreFullError", "OutOfDiskError")
_OUT_OF_MEMORY = ("OutOfMemoryError",)
_OTHER_VERSION = "Version mismatch"
_NO_NODE_HERE = "Can't find"  # how Ray says that this machine is no part of the cluster
MAX_LENGTH = 200  # of what is quoted of an error


def gone(address: str) -> str:
    """Say that a cluster went away."""
    return f"The Ray cluster at {address} went away; {KEPT}."


def sentence_about(error: BaseException, address: str) -> str:
    """Return a sentence for a person about what Ray raised."""
    chain = _chain(error)
    for cause in chain:
        if isinstance(cause, InquoteError):
            return str(cause)
    names = [type(cause).__name__ for cause in chain]
    text = " ".join(str(cause) for cause in chain)
    if any(name in names or name in text for name in _STORE_FULL):
        return (
            f"The object store of the Ray cluster at {address} is full; give its machines more "
            f"disk, or Ray more memory (--object-store-memory): {KEPT}."
        )
    if any(name in names or name in text for name in _OUT_OF_MEMORY):
        return (
            f"The machines of the Ray cluster at {address} ran out of memory; give them more, or "
            f"fewer processors each: {KEPT}."
        )
    if "No module named 'inquote" in text:
        return (
            f"The workers of the Ray cluster at {address} lack inquote; install the same version "
            'on all its machines: pip install "inquote[scale]".'
        )
    if _OTHER_VERSION in text:
        return (
            f"The Ray cluster at {address} runs another version of Ray or Python than this "
            "machine; install the same on all machines."
        )
    if isinstance(error, ConnectionError | TimeoutError) or _NO_NODE_HERE in text:
        return unreachable(address)
    lines = [line for line in str(error).splitlines() if line.strip()]
    reason = lines[-1].strip()[:MAX_LENGTH] if lines else "no reason given"
    return f"The Ray cluster at {address} failed ({type(error).__name__}: {reason}); {KEPT}."


def unreachable(address: str) -> str:
    """Say that there is no cluster at an address."""
    return (
        f"There is no Ray cluster at {address}, or this machine is no part of it; start it with "
        "ray start --head, and join this machine with ray start --address=HOST:PORT."
    )


def _chain(error: BaseException) -> list[BaseException]:
    """Return an error and what it was raised from."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        inner = getattr(cause, "cause", None)
        raised_from = cause.__cause__ or cause.__context__
        cause = inner if isinstance(inner, BaseException) else raised_from
    return chain
