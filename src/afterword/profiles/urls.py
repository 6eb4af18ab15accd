"""The addresses of a customer's page, and of what may be done for them."""

from django.urls import include, path

from afterword.profiles import profile
from afterword.profiles.actions import (
    addition,
    deletion,
    edit,
    feedback,
    last_survey,
    properties,
    survey,
    tags,
)

app_name = "profiles"
of_customer = [
    path("", profile.profile, name="profile"),
    path("/timeline", profile.timeline, name="timeline"),
    path("/edit", edit.edit, name="edit"),
    path("/tags", tags.tags, name="tags"),
    path("/tags/removal", tags.remove, name="tag_removal"),
    path("/tags/undo", tags.put_back, name="tag_undo"),
    path("/properties", properties.assign, name="property"),
    path("/properties/removal", properties.remove, name="property_removal"),
    path("/properties/undo", properties.put_back, name="property_undo"),
    path("/feedback", feedback.feedback, name="feedback"),
    path("/feedback/<uuid:response_id>/removal", feedback.remove, name="feedback_undo"),
    path("/survey", survey.survey, name="survey"),
    path("/survey/<uuid:survey_id>/cancel", survey.call_back, name="survey_undo"),
    path("/last-survey/reset", last_survey.reset, name="last_survey"),
    path("/last-survey/undo", last_survey.put_back, name="last_survey_undo"),
    path("/deletion", deletion.delete, name="delete"),
    path("/deletion/undo", deletion.put_back, name="deletion_undo"),
]
urlpatterns = [
    path("customers/new", addition.add, name="add"),
    path("customers/<uuid:customer_id>", include(of_customer)),
]
