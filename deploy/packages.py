"""Give a new environment the packages that a project requires, out of another environment.

    python packages.py PYPROJECT SITE_PACKAGES

The packages are those of the Python that runs this, and what they require in turn; nothing else
is taken along, and nothing is fetched. Files are linked, or copied where that cannot be.
"""

import os
import shutil
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def required(requirements: Iterable[str]) -> dict[str, Distribution]:
    """Return the distributions that meet some requirements, by name, with all that they require.

    Raises `PackageNotFoundError` for one that is not installed.
    """
    distributions: dict[str, Distribution] = {}
    known: set[tuple[str, str]] = set()  # names, each with an extra or ""
    waiting = [(Requirement(text), "") for text in requirements]  # each with the extra that asks
    while waiting:
        requirement, asking = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": asking}):
            continue
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in known:
                known.add((name, extra))
                distributions[name] = installed = distribution(name)
                waiting += [(Requirement(text), extra) for text in installed.requires or ()]
    return distributions


def link(installed: Distribution, target: Path) -> None:
    """Link the files of a distribution into a folder; programs beside it are left out."""
    for file in installed.files or ():
        if ".." in file.parts or file.is_absolute():
            continue
        source, new = Path(str(installed.locate_file(file))), target / file
        if new.exists() or not source.exists():
            continue
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, new)
        except OSError:  # another disk, or one without links
            shutil.copy2(source, new)


def main(pyproject: str, site_packages: str) -> None:
    """Link what a project requires to run and to be built."""
    about = tomllib.loads(Path(pyproject).read_text("utf-8"))
    wanted = [*about["build-system"]["requires"], *about["project"]["dependencies"]]
    for installed in required(wanted).values():
        link(installed, Path(site_packages))


if __name__ == "__main__":
    main(*sys.argv[1:])
