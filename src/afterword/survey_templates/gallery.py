"""Templates to begin with: good words for each metric."""

from afterword.survey_templates.document import ANY, Document, Thanks, written
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.models import Template
from afterword.workspaces.models import Workspace


def fresh_template(workspace: Workspace, metric: Metric) -> Template:
    """A template that could be sent as it is, but for the logo."""
    return Template(
        workspace=workspace,
        metric=metric,
        name=f"{SCALES[metric].label} survey",
        document=written(fresh_document(metric)),
    )


def fresh_document(metric: Metric) -> Document:
    return Document(
        subject="How did we do?",
        intro="Hello {{ first_name | default: 'there' }},\n\n"
        "you know best how we did. One click is enough.",
        question=SCALES[metric].question,
        follow_up={ANY: "What is the main reason for your answer?"},
        thanks={ANY: Thanks(text="Thank you. We read every answer.")},
    )
