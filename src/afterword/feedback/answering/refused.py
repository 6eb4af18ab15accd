"""Why an answer is not taken, for whoever gave it, in the language of the survey. Pure."""

from afterword.survey_templates.document import Document
from afterword.survey_templates.wording.words import WORDS, words_for


class AnswerRefused(ValueError):
    """An answer that cannot be taken; its text is safe to show and says how to mend it."""


class AnswerClosed(AnswerRefused):
    """The survey was answered too long ago to change the answer."""


class FormRefused(AnswerRefused):
    """What a survey's form says cannot be taken: `word` says why in each language.

    `key` is of the further question that it is about, if it is about one.
    """

    def __init__(self, word: str, key: str = "", **values: object) -> None:
        self.word, self.key, self.values = word, key, values
        super().__init__(getattr(WORDS["en"], word).format(**values))

    def told(self, said: Document) -> str:
        """Say it as the survey speaks, whose questions `said` has."""
        texts = {each.key: each.text for each in said.questions}
        values = self.values | ({"question": texts[self.key]} if self.key else {})
        return str(getattr(words_for(said.language), self.word).format(**values))
