"""Whether this process lives, and whether it can do its work."""

from django.db import OperationalError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe


@csrf_exempt
@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


@csrf_exempt
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return JsonResponse({"status": "unready", "database": "does not answer"}, status=503)
    return JsonResponse({"status": "ready"})
