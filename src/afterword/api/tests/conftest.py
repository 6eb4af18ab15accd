import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from afterword.workspaces.models import Scope, Workspace
from tests import factories

Get = Callable[..., tuple[int, Any]]
Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def workspace(db: None) -> Workspace:
    return factories.a_workspace(name="Acme")


@pytest.fixture
def get(workspace: Workspace, client: Client) -> Get:
    """Ask the API with a read token of the workspace: return status and JSON."""
    _, secret = factories.a_token(workspace, Scope.READ)

    def ask(path: str, **parameters: Any) -> tuple[int, Any]:
        answer = client.get(f"/api/v2{path}", parameters, headers={"X-Api-Key": secret})
        return answer.status_code, answer.json()

    return ask


@pytest.fixture
def call(workspace: Workspace, client: Client) -> Call:
    """Use the API with a write token of the workspace: return status and JSON."""
    _, secret = factories.a_token(workspace, Scope.WRITE)

    def use(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = client.generic(
            method,
            f"/api/v2{path}",
            b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"X-Api-Key": secret},
        )
        return answer.status_code, answer.json()

    return use
