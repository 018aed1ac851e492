"""A library for an editor and two people who see parts of it, behind the real server."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from answering_library import make_system

from inquote.app.service.jobs import Job, LibraryJobs
from inquote.app.service.service import Service
from inquote.app.web.password import hash_password
from inquote.app.web.people import People
from inquote.app.web.people_login import PeopleLogin
from inquote.index.stores.sessions import Sessions
from serving import served
from store_writing import EMBEDDER

TEXTS = {
    "shared/otters.md": "An otter weighs 12 kilograms.",
    "press/newts.md": "Newts live in ponds. A newt eats worms.",
    "hr/zebra.md": "A zebra earns 40 coins a day. Newts live in the vault.",
    "secret.md": "The zebra code is 4711.",
}
TELLING = ("zebra", "vault", "4711", "secret.md", "hr/")
FILE = """
editors = ["office"]
[folders]
"shared" = ["everybody"]
"press" = ["press"]
"hr" = ["office"]
[people.ann]
password = "{ann}"
groups = ["office"]
[people.bob]
password = "{bob}"
groups = ["press"]
[people.eve]
password = "{eve}"
[tokens.robot]
sha256 = "{robot}"
groups = ["press"]
"""


def make_people() -> People:
    hashes = {name: hash_password(name, f"{name}-word") for name in ("ann", "bob", "eve")}
    return People(FILE.format(**hashes, robot=hashlib.sha256(b"token").hexdigest()), "people.toml")


@contextmanager
def people_served(folder: Path) -> Iterator[str]:
    """Runs a server over `TEXTS`; ann may change them, bob sees two folders, and eve one."""
    login = PeopleLogin(make_people(), Sessions(folder))

    def make_jobs(service: Service) -> LibraryJobs:
        jobs = LibraryJobs(service, folder, lambda: EMBEDDER)
        jobs.latest = Job("Removing hr/zebra.md", "2026-11-24T20:13:05+00:00")
        jobs.latest.running = False
        return jobs

    with served(lambda: make_system(**TEXTS), make_jobs, people=login) as address:
        yield address


@contextmanager
def enter(address: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        fields = {"name": name, "password": f"{name}-word"}
        assert client.post("/login", data=fields).status_code == 303
        yield client


def told(text: str) -> list[str]:
    return [word for word in TELLING if word in text.lower()]
