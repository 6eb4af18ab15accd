"""Further questions are dragged into another order, in Chromium."""

import pytest
from playwright.sync_api import expect

from afterword.profiles.tests.test_profile_in_browser import DESKTOP, PHONE, visit
from afterword.survey_templates.models import Template
from tests.factories import a_member, a_template

QUESTIONS = [{"key": key, "type": "text", "text": f"{key}?"} for key in ("one", "two", "three")]


@pytest.mark.slow
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_a_question_is_dragged_to_the_front_and_saved_there(
    live_server, transactional_db, viewport
):
    member = a_member()
    template = a_template(member.workspace, questions=QUESTIONS)

    with visit(live_server, member, f"/templates/{template.id}", viewport=viewport) as page:
        grips = page.locator("[data-grip]")
        grips.nth(1).scroll_into_view_if_needed()
        grips.nth(1).hover()
        page.mouse.down()
        box = page.locator(".question-row").nth(0).bounding_box()
        assert box
        page.mouse.move(box["x"] + 20, box["y"] + 10, steps=4)
        with page.expect_response(lambda got: got.request.method == "POST"):
            page.mouse.up()
        first = page.locator(".question-row").nth(0)
        expect(first.locator("textarea[name$='.text']")).to_have_value("two?")
        expect(first.locator("legend")).to_have_text("Question 1")
        page.get_by_role("button", name="Save the template").click()
        expect(page.locator("#messages")).to_contain_text("is saved")

    said = Template.objects.get(id=template.id).said
    assert [each.key for each in said.questions] == ["two", "one", "three"]
