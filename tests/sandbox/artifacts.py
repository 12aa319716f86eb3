"""The artifacts of runs: from a scenario to a ZIP file, the routes, and the store that sends ranges of it."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from starlette.responses import Response

from sandbox import access, identifiers
from sandbox.call import Call, JsonObject, Refusal, Reply, not_found
from sandbox.fields import Fields
from sandbox.payloads import stamp
from sandbox.state import Artifact, Attempt, Run, State

PREFIX = "/_artifacts/"

_STORES = ("ranges", "whole", "gone")
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_KEPT = timedelta(days=90)


# --- from a scenario ------------------------------------------------------------------------------


def read_artifacts(entry: Fields, folder: Path, run_id: int, attempts: Iterable[Attempt]) -> tuple[Artifact, ...]:
    """The artifacts of a run, each uploaded just before its job ended."""
    attempts = tuple(attempts)
    return tuple(
        _read(fields, folder, run_id * 100 + number, attempts)
        for number, fields in enumerate(entry.mappings("artifacts"), start=1)
    )


def _read(fields: Fields, folder: Path, artifact_id: int, attempts: tuple[Attempt, ...]) -> Artifact:
    job = fields.text("job", "")
    files = fields.inner("files")
    artifact = Artifact(
        id=artifact_id,
        name=fields.text("name"),
        data=_zipped((name, _text(str(text), folder)) for name, text in files.items()),
        created_at=_uploaded(fields, job, attempts),
        expired=fields.flag("expired", default=False),
        store=fields.choice("store", _STORES, "ranges"),
    )
    fields.done()
    return artifact


def _uploaded(fields: Fields, name: str, attempts: tuple[Attempt, ...]) -> datetime:
    jobs = [job for attempt in attempts for job in attempt.jobs if name in {"", job.name}]
    if name and not jobs:
        raise fields.error("job", f"the run has no job {name!r}")
    failed = [job for job in jobs if job.conclusion not in {"success", "skipped"}]
    ends = [job.completed_at for job in failed or jobs if job.completed_at]
    return ends[0] - timedelta(seconds=1) if ends else attempts[-1].started_at


def _text(written: str, folder: Path) -> bytes:
    """A file of the artifact: its text, which has a newline, or a file beside the scenario."""
    return written.encode() if "\n" in written or "<" in written else (folder / written).read_bytes()


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


# --- the routes -----------------------------------------------------------------------------------


def list_artifacts(call: Call) -> Reply:
    """The artifacts of a run, the newest first."""
    access.read_actions(call)
    run = _run(call)
    name = call.query.get("name")
    listed = [artifact for artifact in run.artifacts if name in {None, artifact.name}]
    listed.sort(key=lambda artifact: artifact.id, reverse=True)
    shown, links = call.page(listed)
    return Reply(
        {"total_count": len(listed), "artifacts": [_payload(artifact, run, call) for artifact in shown]}, headers=links
    )


def download(call: Call) -> Reply:
    """The way to an artifact: a signed address on another path, or why there is none."""
    access.read_actions(call)
    if call.token is None:
        raise Refusal(401, "Requires authentication")
    if call.params["archive_format"] != "zip":
        raise not_found()
    artifact = find(call.state, call.params["artifact_id"])
    if artifact is None:
        raise not_found()
    if artifact.expired:
        raise Refusal(410, "Artifact has expired")
    address = f"{call.urls.web}{PREFIX}{artifact.id}?se=2099-01-01T00%3A00%3A00Z&sig={signature(artifact.id)}"
    return Reply(text=b"", status=302, headers={"Location": address})


def signature(artifact_id: int | str) -> str:
    """What proves that the address was given out by the API."""
    return identifiers.digest("artifact signature", artifact_id)


def find(state: State, artifact_id: str) -> Artifact | None:
    """An artifact by its number."""
    every = (artifact for run in state.runs for artifact in run.artifacts)
    return next((artifact for artifact in every if str(artifact.id) == artifact_id), None)


def sent(artifact: Artifact, asked: str) -> Response:
    """What the store sends. Like Azure's it knows one range with a beginning and an end, and no other form of it."""
    found = _RANGE.fullmatch(asked)
    size = len(artifact.data)
    if found is None or artifact.store == "whole":
        return Response(artifact.data, media_type="application/zip")
    start, end = int(found[1]), min(int(found[2]), size - 1)
    if start >= size or end < start:
        return Response(b"", 416, {"Content-Range": f"bytes */{size}"})
    headers = {"Content-Range": f"bytes {start}-{end}/{size}"}
    return Response(artifact.data[start : end + 1], 206, headers, media_type="application/zip")


def _run(call: Call) -> Run:
    run = call.state.run(call.number("run_id"))
    if run is None:
        raise not_found()
    return run


def _payload(artifact: Artifact, run: Run, call: Call) -> JsonObject:
    url = f"{call.urls.api}/repos/{call.state.repository.full_name}/actions/artifacts/{artifact.id}"
    repository_id = call.state.repository.id
    return {
        "id": artifact.id,
        "node_id": identifiers.node_id("MDEwOk", repository_id, artifact.id),
        "name": artifact.name,
        "size_in_bytes": len(artifact.data),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": artifact.expired,
        "digest": f"sha256:{hashlib.sha256(artifact.data).hexdigest()}",
        "created_at": stamp(artifact.created_at),
        "updated_at": stamp(artifact.created_at),
        "expires_at": stamp(artifact.created_at + _KEPT),
        "workflow_run": {
            "id": run.id,
            "repository_id": repository_id,
            "head_repository_id": repository_id,
            "head_branch": run.branch,
            "head_sha": run.commit.sha,
        },
    }
