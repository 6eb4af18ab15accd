"""What a field says that nothing was given to, and where an address breaks."""

import pytest
from django import forms

from afterword.web.templatetags.components import breaks_at_the_at


@pytest.mark.parametrize(
    ("field", "says"),
    [
        (forms.CharField(), "This is needed."),
        (forms.ChoiceField(choices=[("a", "A")]), "Choose one."),
        (forms.TypedChoiceField(choices=[("a", "A")]), "Choose one."),
        (forms.MultipleChoiceField(choices=[("a", "A")]), "Choose at least one."),
        (forms.FileField(), "Choose a file."),
    ],
)
def test_what_is_missing_is_asked_for_in_its_own_words(field, says):
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(None)

    assert refused.value.messages == [says]


def test_an_address_breaks_before_its_domain_and_is_escaped():
    assert breaks_at_the_at('"a@b"<i>@acme.test') == "&quot;a@b&quot;&lt;i&gt;<wbr>@acme.test"
