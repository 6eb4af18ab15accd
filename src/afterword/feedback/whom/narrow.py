"""Keep the answers, or surveys, of the customers that filters mean."""

from datetime import datetime
from typing import TypeVar

from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

from afterword.audience.match import Audience
from afterword.audience.sql import condition_of
from afterword.audience.sql_text import Sql, sql
from afterword.customers.record import OWN_COLUMNS
from afterword.feedback.models import Response
from afterword.feedback.whom.filters import AsOf, Whom
from afterword.surveys.models import Survey
from afterword.workspaces.models import WorkspaceRows

Row = TypeVar("Row", bound=Model)

# A snapshot as a row of customers, so that an audience's condition can be asked of it.
_OWN = ", ".join(
    f"coalesce(known.facts ->> '{name}', '') AS {name}"
    for name in OWN_COLUMNS
    if name != "company_name"
)
_THEN = f"""
    EXISTS (
        SELECT FROM (
            SELECT {_OWN},
                coalesce(known.facts -> 'company' ->> 'name', '') AS company_name,
                ARRAY(SELECT jsonb_array_elements_text(known.facts -> 'tags')) AS tags,
                coalesce(known.facts -> 'properties', jsonb_build_object()) AS properties
            FROM %s AS known WHERE known.%s_id = %s.id
        ) AS customers_customer
        WHERE {{}}
    )
"""  # noqa: S608  (our own names)
_NOW = """
    EXISTS (
        SELECT FROM customers_customer
        WHERE customers_customer.id = %s.customer_id AND {}
    )
"""
# The table of the snapshots, whose they are, and the table itself.
_TABLES: dict[type[Model], tuple[str, str, str]] = {
    Response: ("feedback_responsefacts", "response", "feedback_response"),
    Survey: ("surveys_surveyfacts", "survey", "surveys_survey"),
}


def narrow(rows: WorkspaceRows[Row], whom: Whom, now: datetime) -> WorkspaceRows[Row]:
    """Keep the answers or surveys that are meant; all of them where nothing was asked for.

    What a customer was is known since snapshots are kept; who is deleted, or was never named, is
    nobody now.
    """
    if not whom:
        return rows
    audience = whom.audience
    if audience is None:
        return rows.none()
    found = _condition(rows.model, audience, whom.as_of, now)
    return rows.filter(RawSQL(found.text, found.params, BooleanField()))  # noqa: S611  (our own words)


def not_known(answers: WorkspaceRows[Response], whom: Whom) -> int:
    """Return of how many answers it is not known whether they are meant."""
    if not whom:
        return 0
    missing = {"facts_then": None} if whom.as_of is AsOf.THEN else {"customer": None}
    return answers.filter(**missing).count()


def _condition(model: type[Model], audience: Audience, as_of: AsOf, now: datetime) -> Sql:
    condition = condition_of(audience, now)
    facts, name, table = _TABLES[model]
    template = _THEN % (facts, name, table) if as_of is AsOf.THEN else _NOW % table
    return sql(template, condition)
