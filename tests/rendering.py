"""A pytest plugin: what the test client remembers of a page's templates is its page's alone.

Django's tells of each template, with a copy of all that it was given, though a page has dozens of
parts: that took a fifth of a page's time.
"""

import pytest
from django.template import Context, Template
from django.test.signals import template_rendered


@pytest.fixture(scope="session", autouse=True)
def outermost_templates(django_test_environment: None) -> None:
    """In place of Django's `instrumented_test_render`, which goes with the test environment."""
    Template._render = render


def render(template: Template, context: Context) -> str:
    if context.template is template:  # not one that another includes or extends
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)
