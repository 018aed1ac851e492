"""The OpenAPI description is exact: schemathesis asks what it allows, and what it does not."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from asked_endpoints import make_library, served_library

pytestmark = pytest.mark.server
ASKED_SECONDS = 120  # that an answer may take on a slow machine
EXAMPLES = 15  # of each endpoint; by hand, `schemathesis run` asks for minutes
# Endpoints by whether requests can be made that their description does not allow.
ENDPOINTS = [
    ("POST", "/api/ask", True),
    ("POST", "/api/v1/ask", True),
    ("POST", "/api/v1/search", True),
    ("GET", "/api/v1/library", False),
    ("GET", "/api/v1/documents", False),
    ("GET", "/api/v1/documents/{id}", True),
    ("GET", "/api/v1/work", False),
    ("POST", "/api/v1/documents", False),
    ("DELETE", "/api/v1/documents/{id}", False),
]


def map_path_parameters(context: Any, parameters: dict[str, Any] | None) -> Any:
    """Ask for a document that is there every other time."""
    if parameters and len(str(parameters.get("id", ""))) % 2:
        return {**parameters, "id": "zoo/otters.md"}
    return parameters


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    library = make_library(tmp_path_factory.mktemp("zoo"))
    with served_library(library) as address:
        schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
        schema.config.update(base_url=address)
        schema.hook(map_path_parameters)
        yield schema


@pytest.mark.parametrize(("method", "path", "has_wrong"), ENDPOINTS)
def test_what_is_sent_and_given_is_what_is_described(
    description: Any, method: str, path: str, has_wrong: bool
) -> None:
    modes = [GenerationMode.POSITIVE]
    if has_wrong:
        modes.append(GenerationMode.NEGATIVE)
    for mode in modes:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=description[path][method].as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            case.validate_response(case.call(timeout=ASKED_SECONDS))

        ask()


def test_every_endpoint_is_asked(description: Any) -> None:
    described = {
        (result.ok().method.upper(), result.ok().path)
        for result in description.get_all_operations()
    }
    asked = {(method, path) for method, path, _ in ENDPOINTS}
    assert described == asked
