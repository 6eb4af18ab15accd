"""Columns are told by their names, whoever exported them."""

import pytest

from afterword.customers.importing.reading.headers import guess, property_name, service_of

RETENTLY = {
    "Email": "email", "First Name": "own:first_name", "Last Name": "own:last_name",
    "Company": "own:company_name", "Job title": "own:job_title", "Phone": "own:phone",
    "City": "own:city", "State": "own:state", "Country": "own:country", "Tags": "tags",
    "Created date": "", "Last survey date": "surveyed", "Last score": "",
    "Deliverability status": "stop:status",
}  # fmt: skip
DELIGHTED = {
    "Person ID": "", "Person Email": "email", "Person Name": "name",
    "Person Phone Number": "own:phone", "Score": "", "Comment": "", "Permalink": "",
    "Created At": "", "Updated At": "", "Tags": "tags",
}  # fmt: skip
OURS = {
    "email": "email", "firstName": "own:first_name", "lastName": "own:last_name",
    "companyName": "own:company_name", "jobTitle": "own:job_title", "phone": "own:phone",
    "city": "own:city", "state": "own:state", "country": "own:country", "tags": "tags",
}  # fmt: skip


def targets(headers, rows=(), properties=(), may_define=False):
    found = guess(headers, rows, properties, may_define=may_define)
    return {column.header: column.target for column in found}


@pytest.mark.parametrize("file", [RETENTLY, DELIGHTED, OURS], ids=["Retently", "Delighted", "ours"])
def test_exports_are_understood(file):
    assert targets(list(file)) == file
    loud = {header.upper().replace(" ", "_"): target for header, target in file.items()}
    if file is not OURS:
        assert targets(list(loud)) == loud


@pytest.mark.parametrize("file", [RETENTLY, DELIGHTED], ids=["Retently", "Delighted"])
def test_the_order_of_columns_and_others_between_them_change_nothing(file):
    found = targets(["Plan", *reversed(file), "Seats"])

    assert found == {"Plan": "", **file, "Seats": ""}
    assert service_of(found) == service_of(file)


def test_a_column_of_persons_beside_their_addresses_is_their_names():
    file = {"Person": "name", "Email": "email", "Score": "", "Comment": ""}

    assert targets(list(file), [["Ann Lee", "ann@example.com", "9", "Good"]]) == file


@pytest.mark.parametrize(
    ("headers", "service"), [(RETENTLY, "Retently"), (DELIGHTED, "Delighted"), (OURS, "")]
)
def test_the_service_is_named(headers, service):
    assert service_of(headers) == service


@pytest.mark.parametrize(
    "headers",
    [
        ("E-Mail-Adresse", "Vorname", "Nachname", "Firma", "Telefon", "Ort", "Land"),
        ("Courriel", "Prénom", "NOM", "Société", "Téléphone", "Ville", "Pays"),
        ("Correo electrónico", "Nombre", "Apellidos", "Empresa", "Teléfono", "Ciudad", "País"),
        ("Email", "Nome", "Cognome", "Azienda", "Telefono", "Città", "Paese"),
        ("E-mailadres", "Voornaam", "Achternaam", "Bedrijf", "Telefoon", "Woonplaats", "Land"),
    ],
)
def test_columns_are_known_by_the_names_of_other_languages(headers):
    own = ("first_name", "last_name", "company_name", "phone", "city", "country")

    assert list(targets(list(headers)).values()) == ["email", *(f"own:{name}" for name in own)]


def test_a_property_is_known_by_its_name_before_a_synonym():
    found = targets(
        ["email", "title", "Order Total", "createdAt"], (), ["title", "order_total", "createdAt"]
    )

    assert list(found.values()) == [
        "email", "property:title", "property:order_total", "property:createdAt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["39.95", "1,200"], "number"), (["007", "12"], "text"), (["+420123"], "text"),
        (["11/23/2026", "2026-01-01"], "date"), (["pro", "3"], "text"), (["", "5"], "number"),
        (["true", "FALSE"], "boolean"), (["true", "maybe"], "text"),
    ],
)  # fmt: skip
def test_a_new_property_is_offered_with_the_type_that_its_values_have(values, kind):
    rows = [["a@example.com", value] for value in values]

    assert (
        targets(["email", "Plan size"], rows, may_define=True)["Plan size"]
        == f"new:{kind}:Plan_size"
    )
    assert targets(["email", "Plan size"], rows)["Plan size"] == ""


def test_nothing_is_filled_twice():
    found = targets(["Email", "E-mail", "First name", "Name", "given name"])

    assert list(found.values()) == ["email", "", "own:first_name", "", ""]


def test_a_property_has_a_name_without_spaces():
    assert property_name("  Order  total, EUR ") == "Order_total_EUR"
    assert property_name("x" * 200) == "x" * 100
    assert property_name("phone") == "phone_"
    assert property_name(" , ") == ""
