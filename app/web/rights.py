"""Say who may change the corpus, and take in the files that they send."""

import asyncio

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from inquote.app.service.jobs import LibraryJobs
from inquote.app.service.uploads import MAX_UPLOAD_FILES, Batch, UploadError
from inquote.app.service.viewer import viewer

READ_ONLY = "This server is read-only: files are neither taken in nor removed here."


def permitted(jobs: LibraryJobs | None, has_people: bool) -> LibraryJobs | None:
    """Return the jobs where the person of this request may change the corpus."""
    return jobs if not has_people or viewer().changes else None


async def receive_files(jobs: LibraryJobs, request: Request) -> Batch:
    """Store the files of a multipart form; raise `UploadError` where there are none, or too many.

    They are the form's parts called "files".
    """
    try:
        async with request.form(max_files=MAX_UPLOAD_FILES, max_fields=0) as form:
            files = []
            for part in form.getlist("files"):
                if isinstance(part, UploadFile):
                    name = (part.filename or "").replace("%22", '"')  # browsers escape quotes
                    files.append((name, part.file))
            return await asyncio.to_thread(jobs.uploads.receive, files)
    except HTTPException as error:
        raise UploadError(
            f"The files did not come whole, or are more than {MAX_UPLOAD_FILES:,}; "
            "for many, run inquote ingest FOLDER."
        ) from error
