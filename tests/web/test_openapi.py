"""Requests made up from the application's own description: whatever is sent, no answer is a fault of the server."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

ENDS_THE_SESSION = ("/api/logout", "/api/login", "/api/password")


@pytest.fixture(scope="module")
def operations(service):
    """What can be asked, without what would end the session that asks."""
    schema = schemathesis.openapi.from_dict(service.app.openapi())
    schema.config.update(base_url=service.url)
    return [found.ok() for found in schema.exclude(path=list(ENDS_THE_SESSION)).get_all_operations()]


def test_no_request_makes_the_server_fail(operations, supervisor):
    @settings(max_examples=10, suppress_health_check=list(HealthCheck))
    def check(case):
        case.headers = {**(case.headers or {}), "X-Limes": "1", "Authorization": "Bearer ingest-token"}
        case.cookies = {"limes_session": supervisor.cookies["limes_session"]}
        answer = case.call(timeout=300)
        assert answer.status_code != 401
        case.validate_response(answer, checks=[not_a_server_error])

    for operation in operations:
        given(case=operation.as_strategy())(check)()
    assert len(operations) > 15


def test_the_description_is_whole(service):
    described = service.app.openapi()
    for path, each in described["paths"].items():
        for method, route in each.items():
            assert route.get("description"), (method, path)
    assert described["info"]["title"] == "Limes"
