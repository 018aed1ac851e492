"""What `import inquote` gives."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

import inquote
from inquote.app.library import Library
from inquote.app.system import System


def test_importing_it_loads_nothing_else() -> None:
    code = (
        "import inquote, sys\nprint([name for name in sys.modules if name.startswith('inquote.')])"
    )
    code += "\nprint({'numpy', 'torch', 'faiss', 'gradio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "set()"]


def test_its_names_are_those_that_it_lists() -> None:
    assert dir(inquote) == inquote.__all__
    assert all(getattr(inquote, name) is not None for name in inquote.__all__)
    assert inquote.Library is Library
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        inquote.nothing  # noqa: B018


def test_its_version_is_that_of_the_installed_package() -> None:
    assert inquote.__version__ == version("inquote")


def test_a_library_answers_shows_its_documents_and_closes(
    make_system: Callable[..., System], corpus: Path
) -> None:
    with Library(make_system(corpus)) as library:
        answer = library.ask("How many kilograms weighs it?", ["What is an otter?"])
        assert answer.understood_as == "How many kilograms weighs otter?"
        (citation,) = answer.citations
        text = library.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
        assert [info.id for info in library.documents()] == [
            "zoo/newts.txt",
            "zoo/otters.md",
            "zoo/owls.md",
        ]


def test_opening_what_is_not_there_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(inquote.InquoteError, match="make one with: inquote ingest"):
        inquote.open_library(tmp_path / "nowhere")
    for location in ("ftp://host/library", Path("ftp://host/library")):
        with pytest.raises(inquote.InquoteError, match="No library can be opened at ftp:// addr"):
            inquote.open_library(location)
    with pytest.raises(inquote.InquoteError, match="may hold no credentials") as caught:
        inquote.open_library("s3://key:secret@bucket/library")
    assert "secret@" not in str(caught.value)


def test_a_library_in_a_folder_loads_nothing_of_shared_ones(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom inquote.index.stores.registry import open_sessions, open_store\n"
        f"open_store({str(tmp_path)!r}, must_exist=False)\nopen_sessions({str(tmp_path)!r})\n"
        "print({'lance', 'lancedb', 'pyarrow', 'ray'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_url_without_the_extra_says_what_to_install() -> None:
    code = (
        "import sys\nsys.modules['lance'] = None\nimport inquote\n"
        "from inquote.index.stores.registry import open_store\n"
        "try:\n    open_store('s3://bucket/library')\n"
        "except inquote.InquoteError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith('pip install "inquote[scale]".')
