"""Unsubscribe: they get no more surveys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from afterword.core.text import clean_text
from afterword.customers.models import Customer
from afterword.long_work.models import Work
from afterword.profiles.bulk.act import Act, ActForm, Outcome
from afterword.suppressions.forms import NOTE_LENGTH
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import Stop, suppress_all
from afterword.suppressions.unsubscription import ASKS_WHY
from afterword.suppressions.views import BY_MEMBER


class NoteForm(ActForm):
    note = forms.CharField(max_length=NOTE_LENGTH, label="Why?", required=False, help_text=ASKS_WHY)

    @property
    def parameters(self) -> dict[str, Any]:
        return {"note": clean_text(self.cleaned_data["note"])}


def _unsubscribe(work: Work, ids: Sequence[UUID], now: datetime) -> Outcome:
    rows = Customer.objects.filter(workspace=work.workspace_id, id__in=ids)
    emails = [email for email in rows.values_list("email", flat=True) if email]
    stops = [
        Stop(
            work.workspace_id,
            email,
            SuppressionReason.UNSUBSCRIBED,
            BY_MEMBER,
            note=work.parameters["note"],
            by=work.by,
        )
        for email in emails
    ]
    outcome = Outcome(len(suppress_all(stops, now)))
    outcome.left_out["Unsubscribed already"] = len(emails) - outcome.done
    outcome.left_out["No e-mail address"] = len(ids) - len(emails)
    return outcome


UNSUBSCRIBE = Act(
    "unsubscribe",
    "Unsubscribe",
    "icons/circle-off.svg",
    NoteForm,
    "No campaign mails them any more.",
    lambda _said: "Unsubscribe",
    "Unsubscribed",
    _unsubscribe,
    undone="It cannot be undone for all at once: each may be resubscribed by a note that they "
    "want it.",
)
