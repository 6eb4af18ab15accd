"""The public door of in-app surveys: any page may call it, with a browser key or what it got."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from afterword.core.text import clean_text
from afterword.web.flood import is_flooded
from afterword.workspaces.models import Scope, Token, Workspace, hash_token

MOST_A_MINUTE = 600  # calls of one address of the network, which may be a whole office's
TOO_MANY = "There were too many calls from here just now: try again in a minute."
UNKNOWN_KEY = "No browser key is like that: put one in data-key, as Setup shows it."
View = Callable[[HttpRequest], HttpResponse]


def for_pages(view: View) -> View:
    """Let pages of any origin POST here, and read what is answered; no cookie is asked for."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        response = _answer(view, request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


def _answer(view: View, request: HttpRequest) -> HttpResponse:
    if request.method == "OPTIONS":
        allowed = {
            "Access-Control-Allow-Methods": "POST, OPTIONS",
            "Access-Control-Allow-Headers": "content-type",
            "Access-Control-Max-Age": "7200",
        }
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=allowed)
    if request.method != "POST":
        return problem("Call this with POST.", HTTPStatus.METHOD_NOT_ALLOWED)
    if is_flooded(request, "in-app", MOST_A_MINUTE):
        return problem(TOO_MANY, HTTPStatus.TOO_MANY_REQUESTS)
    return view(request)


def problem(text: str, status: int) -> HttpResponse:
    """Say what is wrong; the text is safe to show."""
    return JsonResponse({"problem": text}, status=status)


def said(request: HttpRequest, name: str, longest: int) -> str:
    """Return a field of what was sent; "" for what is longer than anything that we made."""
    value = clean_text(request.POST.get(name, ""))
    return value if len(value) <= longest else ""


def workspace_of(key: str) -> Workspace | None:
    """Return whose browser key it is."""
    rows = Token.objects.live().filter(hash=hash_token(key), scope=Scope.BROWSER)
    token = rows.select_related("workspace").first()
    return token.workspace if token else None
