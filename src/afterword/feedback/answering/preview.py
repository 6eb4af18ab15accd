"""A survey's page as it will look, for whoever writes its template."""

from django.template.loader import render_to_string

from afterword.core.ids import new_id
from afterword.feedback.answering.page import SurveyPage, brand_of, spoken_in
from afterword.survey_templates.document import written
from afterword.survey_templates.editor.preview import Shown
from afterword.survey_templates.look import written_look
from afterword.survey_templates.models import TemplateVersion
from afterword.surveys.models import Invitation, Survey


def draw(shown: Shown) -> str:
    """Return the page as HTML; nothing of it is stored, and none of its links leads anywhere."""
    survey = Survey(metric=shown.metric)
    invitation = Invitation(survey=survey, answer_token="preview")
    invitation.said = shown.document
    invitation.asks = TemplateVersion(
        document=written(shown.document), look=written_look(shown.look)
    )
    page = SurveyPage(invitation, new_id(), shown.score)
    name = "thanks" if shown.has_answered else "survey"
    context = {"page": page, "brand": brand_of(shown.look), "nonce": "", "is_preview": True}
    context |= spoken_in(shown.document.language)
    return render_to_string(f"feedback/{name}.html", context)
