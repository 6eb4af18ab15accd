"""Keep a copy of a customer who is deleted, for as long as it can be undone, and bring them back.

A copy, and no mark on the row: whoever is deleted is gone from every query at once, and no query
has to think of it. The rows are copied by the database, as they are, and what only loses its
customer (surveys, answers, mails, events, decisions) is kept by its keys.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import CASCADE, SET_NULL, ForeignObjectRel

from afterword.campaigns.models import Channel
from afterword.core import bulk
from afterword.customers.converting.recast import recast
from afterword.customers.models import Customer
from afterword.customers.properties import held_types
from afterword.customers.upsert import load_locked
from afterword.customers.values import Problem
from afterword.events.take_up import hold_inbox
from afterword.feedback.answering.answer import keep_facts
from afterword.feedback.models import Response
from afterword.profiles.models import DeletedCustomer
from afterword.suppressions.suppress import look_up_standings
from afterword.surveys.models import Survey
from afterword.workspaces.models import Member

UNDO_FOR = timedelta(minutes=15)
_CUSTOMERS = Customer._meta.db_table


class CannotRestore(Exception):
    """Nothing was brought back; the text says why, and is safe to show."""


def keep(customer_id: UUID, now: datetime) -> None:
    """Copy the customer, who is locked, with all that goes with them; two queries.

    Part of the caller's transaction: they are deleted and kept, or neither.
    """
    merged = Customer.objects.filter(merged_into=customer_id).values_list("id", flat=True)
    ids = [customer_id, *merged]
    rows = [(_CUSTOMERS, _CUSTOMERS, "id"), *_tables(CASCADE)]
    query = _KEEP.format(
        rows=", ".join(_ROWS.format(*names) for names in rows),
        links=", ".join(_LINKS.format(*names) for names in _tables(SET_NULL)),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {"now": now, "ids": ids, "id": customer_id})


# The names are those of our own tables and columns.
_ROWS = """'{0}', (
    SELECT coalesce(jsonb_agg(to_jsonb(one)), '[]') FROM "{1}" AS one WHERE one."{2}" = ANY(%(ids)s)
)"""
_LINKS = """'{0}', (
    SELECT coalesce(jsonb_object_agg(customer, keys), '{{}}') FROM (
        SELECT "{2}" AS customer, jsonb_agg(id) AS keys FROM "{1}" WHERE "{2}" = ANY(%(ids)s)
        GROUP BY "{2}"
    ) AS theirs
)"""
_KEEP = """
    INSERT INTO profiles_deletedcustomer (workspace_id, customer_key, email, at, rows, links)
    SELECT workspace_id, id, coalesce(email, ''), %(now)s,
        jsonb_build_object({rows}), jsonb_build_object({links})
    FROM customers_customer WHERE id = %(id)s
"""


@transaction.atomic
def restore(member: Member, customer_id: UUID, now: datetime) -> Customer:
    """Bring the customer back as they were; raises CannotRestore.

    What stops mail to them is what does so now, and so are the properties that there are. Surveys
    that were cancelled stay so. The inbox is held, as by whoever erases: one of them comes first.
    """
    hold_inbox(member.workspace_id)
    kept = DeletedCustomer.objects.visible_to(member).filter(customer_key=customer_id)
    found = kept.select_for_update().order_by("-at").first()
    if found is None or now - found.at > UNDO_FOR:
        raise CannotRestore("It is too late to undo this: a deleted customer is kept for minutes.")
    if found.email and Customer.objects.visible_to(member).filter(email=found.email).exists():
        raise CannotRestore(f"There is a new customer with {found.email} by now.")
    try:
        with transaction.atomic():
            _insert(found)
    except IntegrityError:
        raise CannotRestore("Something that belonged to them is gone by now.") from None
    _fit_properties(member.workspace_id, customer_id, now)
    _give_answers(found)
    _give_standing(member.workspace_id, customer_id)
    # Once more when the row is there for everybody: who unsubscribed just now did not find it.
    transaction.on_commit(partial(_give_standing_after, member.workspace_id, customer_id))
    found.delete()
    return Customer.objects.get(id=customer_id)


def _insert(kept: DeletedCustomer) -> None:
    with connection.cursor() as cursor:
        for model in (Customer, *(model for model, _ in _relations(CASCADE))):
            table = model._meta.db_table
            columns = ", ".join(f'"{one.column}"' for one in model._meta.concrete_fields)
            cursor.execute(_INSERT.format(table, columns), [kept.id])
            if model is Customer and not Customer.objects.filter(id=kept.customer_key).exists():
                raise CannotRestore(f"There is a new customer with {kept.email} by now.")
        for model, column in _relations(SET_NULL):
            table = model._meta.db_table
            for customer in kept.links.get(table, {}):
                type_ = model._meta.pk.db_type(connection)
                query = _LINK.format(table, column, type_)
                cursor.execute(query, [customer, table, customer, kept.id])
        # What the rows lead to is there, or we hear of it now.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


# An id that was said to be somebody else's meanwhile stays theirs.
_INSERT = """
    INSERT INTO "{0}" ({1}) SELECT {1} FROM jsonb_populate_recordset(NULL::"{0}", (
        SELECT rows -> '{0}' FROM profiles_deletedcustomer WHERE id = %s
    )) ON CONFLICT DO NOTHING
"""
_LINK = """
    UPDATE "{0}" SET "{1}" = %s WHERE "{1}" IS NULL AND id = ANY(ARRAY(
        SELECT jsonb_array_elements_text(links -> %s -> %s)::{2}
        FROM profiles_deletedcustomer WHERE id = %s
    ))
"""


def _fit_properties(workspace_id: UUID, customer_id: UUID, now: datetime) -> None:
    """Leave out what was deleted meanwhile; of another type by now, what fits is converted."""
    types = held_types(workspace_id)
    for record in load_locked(workspace_id, [], [customer_id]):
        found = {
            name: recast(value, types[name])
            for name, value in record.properties.items()
            if name in types
        }
        fit = {name: value for name, value in found.items() if not _is_nothing(value)}
        if fit != record.properties:
            row = {"id": record.id, "properties": fit, "updated_at": now}
            bulk.update(Customer, [row], ("properties", "updated_at"))


def _is_nothing(value: object) -> bool:
    return value is None or isinstance(value, Problem)


def _give_answers(kept: DeletedCustomer) -> None:
    """Give them what was answered meanwhile, when the survey led to nobody.

    Who is answering holds the survey, which has been given back by now: they came before us, and
    are seen here, or come after us and find the customer.
    """
    _give_claims(kept)
    for customer in {*kept.links.get(Survey._meta.db_table, {}), str(kept.customer_key)}:
        for response in Response.objects.filter(customer=None, survey__customer=customer):
            response.customer_id = customer
            response.save(update_fields=["customer"])
            keep_facts(response)


def _give_claims(kept: DeletedCustomer) -> None:
    """Give them the surveys that were opened in their name by a link, when nobody had it."""
    claimed = Survey.objects.filter(
        workspace_id=kept.workspace_id,
        email=kept.email,
        created_at__gte=kept.at,
        channel=Channel.LINK,
        customer=None,
    )
    if kept.email:  # no name at all is that of anonymous surveys
        claimed.update(customer_id=kept.customer_key)


@transaction.atomic
def _give_standing_after(workspace_id: UUID, customer_id: UUID) -> None:
    _give_standing(workspace_id, customer_id)


def _give_standing(workspace_id: UUID, customer_id: UUID) -> None:
    """Somebody may have unsubscribed, or bounced, while there was no customer to note it with."""
    records = load_locked(workspace_id, [], [customer_id])
    look_up_standings(workspace_id, records)
    rows = [{"id": one.id, **one.standing.columns} for one in records if one.email]
    for row in rows:
        bulk.update(Customer, [row], tuple(name for name in row if name != "id"))


def forget_old(now: datetime) -> None:
    """Remove the copies of those whose deletion cannot be undone any more."""
    DeletedCustomer.objects.filter(at__lt=now - UNDO_FOR).delete()


def _tables(on_delete: Any) -> Sequence[tuple[str, str, str]]:
    found = [(model._meta.db_table, column) for model, column in _relations(on_delete)]
    return [(table, table, column) for table, column in found]


def _relations(on_delete: Any) -> list[tuple[Any, str]]:
    """The models with a column that leads to customers, by what becomes of it when one goes."""
    leading: list[Any] = [
        one
        for one in Customer._meta.get_fields(include_hidden=True)
        if isinstance(one, ForeignObjectRel) and one.related_model is not Customer
    ]
    return [(one.related_model, one.field.column) for one in leading if one.on_delete is on_delete]
