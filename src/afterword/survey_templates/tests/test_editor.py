from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client

from afterword.customers.models import Customer
from afterword.survey_templates.document import When, read
from afterword.survey_templates.editor.arrange import arranged
from afterword.survey_templates.editor.document_fields import layout_in, layout_of
from afterword.survey_templates.editor.document_values import document_in, values_of
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.models import Brand, Template
from afterword.survey_templates.pictures import redraw
from afterword.survey_templates.tests.test_document import FULL
from afterword.survey_templates.tests.test_template_pages import GIVEN, PNG, file
from afterword.workspaces.models import Role
from tests.factories import a_customer, a_member, a_property, a_template, a_workspace

pytestmark = pytest.mark.django_db

MORE = {
    "questions.0.text": "Why us?",
    "questions.0.type": "choice",
    "questions.0.choices": "Price\nSpeed",
    "questions.0.when.lowest": "9",
    "thanks.promoter.text": "Great!",
    "thanks.promoter.buttons.0.label": "Review us",
    "thanks.promoter.buttons.0.url": "https://a.test/review",
    "languages.cs.subject": "Jak to šlo?",
    "follow_up.detractor": "What went wrong?",
    "consent": "You may quote me.",
}


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


def test_a_form_shows_a_document_and_reads_it_back():
    assert read(document_in(values_of(FULL), layout_of(FULL), FULL)) == FULL


def test_a_template_is_saved_with_all_that_it_says(client, member):
    template = a_template(member.workspace)

    client.post(f"/templates/{template.id}", GIVEN | MORE)

    said = Template.objects.get(id=template.id).said
    assert (said.questions[0].key, said.questions[0].choices) == ("why-us", ("Price", "Speed"))
    assert said.questions[0].when == When(lowest=9)
    assert said.thanks["promoter"].buttons[0].url == "https://a.test/review"
    assert said.languages["cs"].subject == "Jak to šlo?"
    assert said.follow_up["detractor"] == "What went wrong?"
    assert said.consent == "You may quote me."


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"intro": "Hi {{ nickname }}"}, "intro"),
        ({"questions.0.choices": "Price"}, "questions.0.choices"),
        ({"thanks.promoter.buttons.0.url": "javascript:x"}, "thanks.promoter.buttons.0.url"),
        ({"languages.cs.subject": "{{"}, "languages.cs.subject"),
        ({"subject": ""}, "subject"),
        ({"subject": "Hello\r\nBcc: everybody@example.com"}, "subject"),
        ({"intro": "{% if city %}{{ city }}"}, "intro"),
        ({"intro": "{% for i in (1..1000000000) %}x{% endfor %}"}, "intro"),
        ({"intro": "{{ first_name }}" * 65_536}, "intro"),  # 1 MB
    ],
    ids=lambda said: next(iter(said)) if isinstance(said, dict) else said,
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(client, member, wrong, field):
    template = a_template(member.workspace)

    answer = client.post(f"/templates/{template.id}", GIVEN | MORE | wrong)

    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert form["thanks.promoter.text"].value() == "Great!"
    assert form["questions.0.text"].value() == "Why us?"


def test_of_two_who_edit_one_template_the_second_sees_what_the_first_saved(client, member):
    template = a_template(member.workspace)
    address = f"/templates/{template.id}"
    field = str(client.get(address).context["form"].seen_input)
    shown = {"seen": unescape(field.partition('value="')[2].removesuffix('">'))}
    assert client.post(address, GIVEN | MORE | shown | {"subject": "Theirs"}).status_code == 302

    refused = client.post(address, GIVEN | MORE | shown | {"subject": "Mine"})

    assert refused.status_code == 422
    assert "Somebody saved this meanwhile: “Theirs”." in refused.content.decode()
    assert Template.objects.get(id=template.id).said.subject == "Theirs"


def test_a_property_of_the_workspace_is_a_variable(client, member):
    a_property(member.workspace, "nickname")
    template = a_template(member.workspace)

    answer = client.post(f"/templates/{template.id}", GIVEN | {"intro": "Hi {{ nickname }}"})

    assert answer.status_code == 302


def test_a_button_rearranges_the_form_and_saves_nothing(client, member):
    template = a_template(member.workspace)

    answer = client.post(
        f"/templates/{template.id}", GIVEN | MORE | {"subject": "", "arrange": "add-question"}
    )

    form = answer.context["form"]
    assert (answer.status_code, form.layout.questions) == (200, (0, 1))
    assert form["questions.0.text"].value() == "Why us?"
    assert "questions" not in Template.objects.get(id=template.id).document


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ("down:0", [1, 0]),
        ("up:1", [1, 0]),
        ("up:0", [0, 1]),
        ("remove:0", [1]),
        ("add-question", [0, 1, 2]),
        ("nothing", [0, 1]),
    ],
)
def test_questions_are_moved_and_removed(button, order):
    given = QueryDict("questions.0.text=a&questions.1.text=b", mutable=True)
    given["arrange"] = button

    assert list(layout_in(arranged(given)).questions) == order


# ---- previews


@pytest.mark.parametrize("show", ["mail", "text", "page", "thanks"])
def test_what_is_typed_is_drawn_and_not_saved(client, member, show):
    template = a_template(member.workspace)
    typed = GIVEN | MORE | {"question": "Would you come back?", "thanks.any.text": "Bye now."}

    drawn = client.post(f"/templates/{template.id}/preview", typed | {"show": show})

    expected = "Bye now." if show == "thanks" else "Would you come back?"
    assert expected in drawn.content.decode()
    assert "sandbox" in drawn.headers["Content-Security-Policy"]
    assert template.document == Template.objects.get(id=template.id).document


def test_a_preview_is_for_a_score_a_person_and_a_language(client, member):
    template = a_template(member.workspace)
    ann = a_customer(member.workspace, first_name="Annabel")
    typed = GIVEN | MORE | {"intro": "Hello {{ first_name }}"}

    def drawn(**wanted: object) -> str:
        answer = client.post(f"/templates/{template.id}/preview", typed | wanted)
        content: str = answer.content.decode()
        return content

    assert "Annabel" in drawn(show="mail", who=ann.id)
    assert "Annabel" not in drawn(show="mail", who="nobody")
    assert "What went wrong?" in drawn(show="page", score="2")
    assert "Review us" in drawn(show="thanks", score="10")
    assert "prefers-color-scheme" not in drawn(show="mail", dark="1")


def test_a_preview_of_a_template_that_is_not_saved_yet(client):
    drawn = client.post("/templates/new/csat/preview", GIVEN | {"question": "Content?"})

    assert "Content?" in drawn.content.decode()
    assert client.post("/templates/new/iq/preview", GIVEN).status_code == 404


def test_a_preview_that_cannot_be_drawn_says_why(client, member):
    template = a_template(member.workspace)

    drawn = client.post(f"/templates/{template.id}/preview", GIVEN | {"intro": "{{ first"})

    assert drawn.status_code == 200
    assert "mistake" in drawn.content.decode()


def test_other_workspaces_customers_are_shown_to_nobody(client, member):
    template = a_template(member.workspace)
    stranger = a_customer(a_workspace(), first_name="Stranger")

    drawn = client.post(
        f"/templates/{template.id}/preview",
        GIVEN | {"intro": "Hello {{ first_name }}", "who": stranger.id},
    )

    assert "Stranger" not in drawn.content.decode()
    assert Customer.objects.filter(first_name="Stranger").exists()


# ---- brand


def test_the_brand_gives_every_template_a_logo(client, member):
    template = a_template(member.workspace, logo_url="")

    client.post("/settings/brand", {"logo_file": file(PNG), "colour": "#112233"})

    brand = Brand.objects.get(workspace=member.workspace)
    assert brand.logo
    assert bytes(brand.logo.content) == redraw(PNG).content
    assert Template.objects.with_brand().get(id=template.id).has_logo
    assert Template.objects.visible_to(member).usable().count() == 1


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OWNER, 302), (Role.MEMBER, 302), (Role.ANALYST, 403)]
)
def test_who_may_change_the_brand(role, status):
    client = Client()
    client.force_login(a_member(role=role).user)

    assert client.get("/settings/brand").status_code == 200
    assert client.post("/settings/brand", {"colour": "#112233"}).status_code == status


def test_an_outsider_sees_no_brand():
    answer = Client().get("/settings/brand")

    assert answer.status_code == 302


@pytest.mark.parametrize(("given", "kept"), [("faces", "faces"), ("", None)])
def test_scores_look_as_is_chosen_where_the_metric_leaves_a_choice(client, member, given, kept):
    template = a_template(member.workspace, metric=Metric.CSAT)

    client.post(f"/templates/{template.id}", GIVEN | {"scores": given})

    assert Template.objects.get(id=template.id).said.scores == kept


def test_nobody_is_offered_faces_for_a_long_scale(client, member):
    template = a_template(member.workspace, metric=Metric.NPS)
    client.post(f"/templates/{template.id}", GIVEN | {"scores": "faces"})

    assert 'name="scores"' not in client.get(f"/templates/{template.id}").content.decode()
    assert Template.objects.get(id=template.id).said.scores is None
