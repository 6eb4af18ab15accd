from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from afterword.workspaces.models import Scope, Workspace
from tests import factories

Get = Callable[..., tuple[int, Any]]


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
