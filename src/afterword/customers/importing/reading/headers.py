"""Tells by its name what a column means: ours, Retently's, Delighted's and other spellings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from afterword.customers.importing.reading.stops import HARD_BOUNCED, STATUS, UNSUBSCRIBED
from afterword.customers.own_fields import OWN_FIELDS
from afterword.customers.undefined import type_of
from afterword.customers.values import Problem, PropertyType, convert

IGNORE, EMAIL, NAME, TAGS, SURVEYED = "", "email", "name", "tags", "surveyed"
OWN, PROPERTY, NEW = "own:", "property:", "new:"
MOST_NEW = 30  # properties that are offered without being asked for
_LONGEST_NAME = 100

_SYNONYMS = {
    EMAIL: "email emailaddress mail mailaddress personemail customeremail contactemail "
    "recipientemail respondentemail useremail",
    NAME: "name fullname person personname customername contactname",
    TAGS: "tags tag persontags customertags labels",
    "own:first_name": "firstname first givenname forename",
    "own:last_name": "lastname last surname familyname",
    "own:company_name": "company companyname organization organisation account accountname",
    "own:job_title": "jobtitle title position role",
    "own:phone": "phone phonenumber personphonenumber personphone telephone mobile mobilephone",
    "own:city": "city town",
    "own:state": "state region province",
    "own:country": "country countryname",
    # Who opted out of another service's mail, or whose address took none, gets none of ours either.
    UNSUBSCRIBED: "unsubscribed unsubscribedat isunsubscribed unsubscribedate unsubscribeddate "
    "optout optedout optedoutat optoutdate hasoptedout hasoptedoutofemail emailoptout abgemeldet",
    HARD_BOUNCED: "bounced bouncedat isbounced bouncedate bounceddate hardbounced hardbouncedat",
    STATUS: "status deliverabilitystatus emailstatus mailstatus",
    SURVEYED: "lastsentat lastsurveydate lastsurveyedat lastsurveyed lastsurvey lastsurveysentat "
    "surveysentat",
    # What is about answers and mails, and no fact about somebody; and what we add ourselves.
    IGNORE: "id personid customerid contactid companyid responseid surveyid surveyresponseid "
    "score rating npsscore lastscore scoretrend comment comments feedback lastfeedback permalink "
    "createdat createddate updatedat updateddate lastrespondedat respondedat "
    "nextsurveyscheduledat nextsurvey nextsurveydate sendat sentat surveyscheduledat responsedate "
    "surveyscore scoregroup campaignname "
    "atrisk source surveytype notes refusedbecause",
}
# As spreadsheets in German, French, Spanish, Italian and Dutch name them; accents as they stand.
_ELSEWHERE = {
    EMAIL: "emailadresse mailadresse adresseemail courriel adressemail correo correoelectrónico "
    "correoelectronico indirizzoemail emailadres",
    NAME: "vollständigername nomcomplet nombrecompleto nomecompleto volledigenaam",
    TAGS: "schlagworte schlagwörter étiquettes etiquetas",
    "own:first_name": "vorname prénom prenom nombre nome voornaam",
    "own:last_name": "nachname familienname nom nomdefamille apellido apellidos cognome achternaam",
    "own:company_name": "firma unternehmen entreprise société societe empresa azienda bedrijf",
    "own:phone": "telefon telefonnummer téléphone teléfono telefono telefoonnummer telefoon",
    "own:city": "stadt ort ville ciudad città stad woonplaats",
    "own:country": "land pays país pais paese",
}
_KNOWN = {
    word: target
    for names in (_ELSEWHERE, _SYNONYMS)
    for target, words in names.items()
    for word in words.split()
}
# A service is recognised by columns that its exports have and others hardly do.
_SERVICES = {
    "Delighted": [
        {"personemail", "score"},
        {"personemail", "permalink"},
        {"personemail", "surveysentat"},
        {"email", "lastsentat"},
        {"email", "permalink"},
        {"email", "nextsurveyscheduledat"},
    ],
    "Retently": [
        {"emailaddress", "surveyscore"},
        {"emailaddress", "lastsurveydate"},
        {"email", "lastsurveydate"},
        {"email", "deliverabilitystatus"},
        {"email", "scoretrend"},
        {"email", "lastscore", "firstname"},
        {"email", "customerid", "firstname", "companyname"},
    ],
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file with some of its values, and what it is taken for."""

    header: str
    examples: Sequence[str]
    target: str


def guess(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    properties: Iterable[str],
    *,
    may_define: bool,
) -> list[Column]:
    """Return the columns; `rows` are the first ones. No two fill the same.

    What nobody has defined is offered as a new property to those who `may_define` one.
    """
    known = {name: name for name in properties}
    loosely = {_bare(name): name for name in known}
    taken: set[str] = set()
    columns = []
    new = 0
    for at, header in enumerate(headers):
        examples = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        target = _target(header, known, loosely)
        if target is None:
            is_offered = may_define and new < MOST_NEW and bool(examples)
            name = property_name(header)
            target = f"{NEW}{_type_of(examples)}:{name}" if is_offered and name else IGNORE
        filled = target.partition(":")[2] if target.startswith(NEW) else target
        if target and (filled in taken or (target == NAME and taken & _PARTS)):
            target = IGNORE
        taken |= {filled} if target else set()
        new += target.startswith(NEW)
        columns.append(Column(header, examples[:3], target))
    return columns


_PARTS = {"own:first_name", "own:last_name"}


def service_of(headers: Iterable[str]) -> str:
    """Return the name of the service whose export this looks like; "" for none."""
    bare = set(map(_bare, headers))
    for name, signs in _SERVICES.items():
        if any(sign <= bare for sign in signs):
            return name
    return ""


def property_name(header: str) -> str:
    """Return the header as a property's name: without spaces. "" if nothing is left of it."""
    name = re.sub(r"[\s\x00-\x1f\x7f,]+", "_", _of_person(header))[:_LONGEST_NAME].strip("_")
    return f"{name}_"[:_LONGEST_NAME] if name in {*OWN_FIELDS, EMAIL, TAGS} else name


def _target(header: str, known: Mapping[str, str], loosely: Mapping[str, str]) -> str | None:
    """Return what the header names; None if nothing that is known."""
    name = header.strip()
    if name in OWN_FIELDS:
        return f"{OWN}{OWN_FIELDS[name]}"
    if name in known:
        return f"{PROPERTY}{name}"
    bare = _bare(_of_person(name))
    if bare in _KNOWN and bare not in loosely:
        return _KNOWN[bare]
    if bare in loosely:
        return f"{PROPERTY}{loosely[bare]}"
    return None if bare else IGNORE


def _of_person(header: str) -> str:
    """Return the header without the word in front that says whose it is, as in `Person: Plan`."""
    return re.sub(r"(?i)^(person|customer)\s*:\s*(?=\S)", "", header.strip())


def _bare(header: str) -> str:
    return "".join(filter(str.isalnum, header)).casefold()


def _type_of(examples: Sequence[str]) -> PropertyType:
    """Return the type that all of these fit; a number that begins with 0 is rather a code."""
    if not any(len(text) > 1 and text[0] in "0+" and text[1:].isdigit() for text in examples) and (
        all(_fits(text, PropertyType.NUMBER) for text in examples)
    ):
        return PropertyType.NUMBER
    for kind in (PropertyType.DATE, PropertyType.BOOLEAN):
        if all(type_of(text) == kind for text in examples):
            return kind
    return PropertyType.TEXT


def _fits(text: str, kind: PropertyType) -> bool:
    return not isinstance(convert(text, kind), Problem)
