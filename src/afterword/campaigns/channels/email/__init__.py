"""E-mail: we send, by `sending`; what a survey says in a mail is in `survey_templates/letters`."""
