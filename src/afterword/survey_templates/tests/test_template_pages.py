import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.models import Logo, Template
from afterword.survey_templates.pictures import redraw
from tests.factories import a_campaign, a_member, a_template, a_workspace
from tests.pictures import a_picture, moving

pytestmark = pytest.mark.django_db

PNG = a_picture()
GIVEN = {
    "name": "After an order",
    "colour": "#123abc",
    "sender_name": "Acme",
    "subject": "How was it, {{ first_name | default: 'you' }}?",
    "intro": "",
    "question": "How likely are you to recommend us?",
    "follow_up.any": "Why?",
    "thanks.any.text": "Thanks.",
    "language": "en",
}


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def workspace(member):
    return member.workspace


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


def file(content, name="logo.png"):
    return SimpleUploadedFile(name, content)


def test_an_empty_list_offers_the_first_template(client):
    content = client.get("/templates").content.decode()

    assert "No templates yet" in content
    assert 'href="/templates/new"' in content


def test_the_list_tells_which_templates_lack_a_logo(client, workspace):
    a_template(workspace, name="Bare", logo_url="")

    content = client.get("/templates").content.decode()

    assert "Bare" in content
    assert "No logo" in content


def test_the_metric_is_chosen_first(client):
    content = client.get("/templates/new?metric=iq").content.decode()

    for metric in Metric:
        assert f"/templates/new?metric={metric}" in content


@pytest.mark.parametrize("metric", Metric)
def test_a_new_template_starts_with_good_words(client, metric):
    form = client.get(f"/templates/new?metric={metric}&start=").context["form"]

    assert form["question"].value() == SCALES[metric].question
    assert form["subject"].value()


def test_a_template_is_made_with_an_uploaded_logo(client, workspace):
    answer = client.post("/templates/new?metric=ces", GIVEN | {"logo_file": file(PNG)})

    template = workspace.templates.get()
    assert answer.url == f"/templates/{template.id}"
    assert (template.metric, template.key, template.colour) == ("ces", "after-an-order", "#123abc")
    assert template.has_logo
    assert bytes(template.logo.content) == redraw(PNG).content
    size = f'width="{template.logo.width}" height="{template.logo.height}"'
    assert size in client.get(f"/templates/{template.id}/preview").content.decode()


def test_the_campaigns_that_use_a_template_stand_below_each_other(client, workspace):
    template = a_template(workspace)
    for _ in range(2):
        a_campaign(workspace, template=template)

    page = client.get("/templates").content.decode()

    assert page.count('</a><a href="/campaigns/') == 1


def test_a_template_made_for_a_campaign_leads_back_to_it(client, workspace):
    campaign = a_campaign(workspace)

    answer = client.post(f"/templates/new?metric=nps&back=/campaigns/{campaign.id}", GIVEN)

    made = workspace.templates.get(name=GIVEN["name"])
    assert answer.url == f"/campaigns/{campaign.id}?made={made.id}"


@pytest.mark.parametrize("back", ["", "https://evil.test/", "//evil.test/", "javascript:x"])
def test_no_page_but_ours_is_led_back_to(client, workspace, back):
    answer = client.post(f"/templates/new?metric=nps&back={back}", GIVEN)

    assert answer.url == f"/templates/{workspace.templates.get().id}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"colour": "red"},
        {"colour": "#12345g"},
        {"subject": ""},
        {"subject": "{{ first_name"},
        {"intro": "{% if %}"},
        {"thanks.any.text": "{{ name | nofilter }}"},
        {"question": "x" * 1001},
        {"logo_url": "ftp://acme.test/logo.png"},
        {"logo_url": "javascript:alert(1)"},
        {"subject": "a\0b"},
    ],
)
def test_a_template_that_cannot_be_is_refused(client, workspace, wrong):
    assert client.post("/templates/new?metric=nps", GIVEN | wrong).status_code == 422
    assert not workspace.templates.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'<?xml version="1.0"?><svg xmlns="x"><script/></svg>', "SVG"),
        (b"<html>", "no PNG"),
        (PNG + b"\0" * 1024 * 1024, "larger than 1 MB"),
        (b"", "empty"),
    ],
)
def test_a_logo_is_judged_by_what_it_holds(client, content, said):
    answer = client.post("/templates/new?metric=nps", GIVEN | {"logo_file": file(content)})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Logo.objects.exists()


@pytest.mark.parametrize("content", [PNG, a_picture("JPEG"), moving()])
def test_anyone_may_load_a_logo_and_keep_it(client, workspace, content):
    client.post("/templates/new?metric=nps", GIVEN | {"logo_file": file(content, "logo.exe")})

    answer = Client().get(f"/logos/{workspace.templates.get().logo_id}")

    assert (answer.content, answer["Content-Type"]) == redraw(content)[:2]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer


def test_a_logo_that_is_not_there_is_not_found(client):
    assert client.get("/logos/00000000-0000-0000-0000-000000000000").status_code == 404


def test_the_same_logo_is_kept_once(client, workspace):
    for _ in range(2):
        client.post("/templates/new?metric=nps", GIVEN | {"logo_file": file(PNG)})

    assert workspace.templates.count() == 2
    assert Logo.objects.count() == 1


def test_a_kept_logo_that_comes_back_is_not_drawn_again(client, workspace):
    client.post("/templates/new?metric=nps", GIVEN | {"logo_file": file(a_picture("JPEG"))})
    kept = bytes(Logo.objects.get().content)

    client.post("/templates/new?metric=nps", GIVEN | {"logo_file": file(kept)})

    assert Logo.objects.count() == 1


def test_a_template_is_changed_but_for_its_metric(client, workspace):
    template = a_template(workspace, Metric.NPS)

    client.post(
        f"/templates/{template.id}",
        GIVEN | {"metric": "csat", "logo_url": "https://acme.test/new.png"},
    )

    template.refresh_from_db()
    assert (template.name, template.metric) == ("After an order", "nps")


def test_a_file_takes_the_place_of_an_address_and_the_other_way_round(client, workspace):
    template = a_template(workspace)
    kept = GIVEN | {"logo_url": template.logo_url}

    client.post(f"/templates/{template.id}", kept | {"logo_file": file(PNG)})
    template.refresh_from_db()
    assert (template.logo_id is not None, template.logo_url) == (True, "")

    client.post(f"/templates/{template.id}", GIVEN | {"logo_url": "https://acme.test/new.png"})
    template.refresh_from_db()
    assert (template.logo_id, template.logo_url) == (None, "https://acme.test/new.png")


def test_a_logo_stays_while_nothing_takes_its_place(client, workspace):
    client.post("/templates/new?metric=nps", GIVEN | {"logo_file": file(PNG)})
    template = workspace.templates.get()

    client.post(f"/templates/{template.id}", GIVEN)

    assert Template.objects.get(id=template.id).has_logo


def test_an_active_campaigns_template_keeps_a_logo(client, workspace):
    template = a_template(workspace)
    campaign = a_campaign(workspace, template=template)

    answer = client.post(f"/templates/{template.id}", GIVEN | {"logo_url": ""})

    assert answer.status_code == 422
    assert campaign.name in answer.content.decode()
    assert Template.objects.get(id=template.id).has_logo


def test_a_template_of_no_active_campaign_may_lose_its_logo(client, workspace):
    template = a_template(workspace)

    client.post(f"/templates/{template.id}", GIVEN | {"logo_url": ""})

    template.refresh_from_db()
    assert not template.has_logo


def test_each_workspace_has_keys_of_its_own(client, workspace):
    a_template(a_workspace(), key="after-an-order")

    client.post("/templates/new?metric=nps", GIVEN)

    assert workspace.templates.get().key == "after-an-order"
