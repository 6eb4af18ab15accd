"""What the preference page shows: which surveys its reader gets, and nothing of who they are."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.urls import reverse

from afterword.feedback.answering.visit import new_visit
from afterword.feedback.language import RIGHT_TO_LEFT, choose_language
from afterword.feedback.stopping.unsubscribe import Preferences, preferences
from afterword.feedback.words import WORDS, Words
from afterword.surveys.models import Invitation


@dataclass(frozen=True)
class PreferencePage:
    """The page for whoever was invited; template, workspace, survey and customer are loaded."""

    invitation: Invitation
    hit: UUID
    accepted_languages: str
    is_repeated: bool = False  # it asks to press the button once more
    is_done: bool = False  # it says what has just been done

    @cached_property
    def language(self) -> str:
        customer = self.invitation.survey.customer
        return choose_language(customer.properties if customer else {}, self.accepted_languages)

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @cached_property
    def words(self) -> Words:
        """The words of the page's language, with the company's name in them."""
        company = self.invitation.asks.looks.company
        words = WORDS[self.language]
        return Words(*(text.replace("{company}", company) for text in words))

    @cached_property
    def stopped(self) -> Preferences:
        return preferences(self.invitation)

    @property
    def heading(self) -> str:
        if self.stopped.all_surveys:
            return self.words.stopped_all
        if self.stopped.like_this:
            return self.words.stopped_like_this
        return self.words.started if self.is_done else self.words.ask

    @property
    def more(self) -> str:
        if self.stopped.all_surveys:
            return self.words.stopped_more
        return self.words.started_more if self._is_started else self.words.ask_more

    @property
    def address(self) -> str:
        return reverse("feedback:unsubscribe", args=[self.invitation.unsubscribe_token])

    @cached_property
    def visit(self) -> str:
        return new_visit(self.invitation.unsubscribe_token, self.hit, is_repeated=self.is_repeated)

    @property
    def _is_started(self) -> bool:
        return self.is_done and not self.stopped.like_this
