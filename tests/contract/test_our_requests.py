"""What the tracker asks of GitHub, held against the official description: every kind of request that it makes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from openapi_core.testing import MockRequest, MockResponse

from contract.description import describe
from recorded.record import ARTIFACT_ADDRESS, CASSETTES, LOG_ADDRESS

API = "https://api.github.com"


def interactions() -> list[dict[str, Any]]:
    recorded = [yaml.safe_load(path.read_text("utf-8"))["interactions"] for path in sorted(CASSETTES.glob("*.yaml"))]
    beside = ("/graphql", LOG_ADDRESS, ARTIFACT_ADDRESS)
    return [call for cassette in recorded for call in cassette if not call["request"]["uri"].endswith(beside)]


@pytest.mark.parametrize(
    "call", interactions(), ids=lambda call: f"{call['request']['method']} {call['request']['uri']}"
)
def test_a_request_and_its_answer_are_as_described(document: dict[str, Any], call: dict[str, Any]) -> None:
    url = urlsplit(call["request"]["uri"])
    sent = call["request"]["body"]
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    # The description calls `created` a moment; its words, and GitHub, take a range such as `>=2026-01-01`.
    asked.pop("created", None)
    request = MockRequest(
        API,
        call["request"]["method"].lower(),
        url.path,
        args=asked,
        data=sent.encode() if isinstance(sent, str) else sent,
    )
    answer = call["response"]
    body = answer["body"]["string"]
    response = MockResponse(
        data=body if isinstance(body, bytes) else body.encode(),
        status_code=answer["status"]["code"],
        content_type="application/json",
    )
    described = describe(document, API)
    described.validate_request(request)
    described.validate_response(request, response)


def test_the_description_would_refuse_a_wrong_request(document: dict[str, Any]) -> None:
    wrong = MockRequest(API, "post", "/repos/o/r/issues", data=json.dumps({"body": "no title"}).encode())
    with pytest.raises(Exception, match=r"title|schema|body"):
        describe(document, API).validate_request(wrong)
