"""Joins the stages where an earlier one asks something of a later one; who runs imports it."""

from afterword.audience import later_fields
from afterword.audience.filters import problem_of
from afterword.campaigns import activation, duplicate, figures
from afterword.campaigns.editor import later_sections, later_setups, queued
from afterword.campaigns.streams import campaign_names
from afterword.customers import audiences
from afterword.customers.converting.work import CONVERT
from afterword.customers.importing import kind as importing
from afterword.customers.importing.take_over import Mail
from afterword.decisions.dry_run.rehearse import DRY_RUN
from afterword.feedback.answering import preview as survey_page
from afterword.feedback.last_score import LAST_SCORE
from afterword.feedback.loop.letter import ASSIGNMENT_KIND, ASSIGNMENT_STREAM
from afterword.feedback.replies.take import take_replies
from afterword.feedback.risk.field import AT_RISK
from afterword.followups.autoresponders.mail import AUTORESPONDER_KIND, AUTORESPONDER_STREAM
from afterword.followups.copy_rules import copy_rules
from afterword.followups.engine.notice import NOTICE_KIND, NOTICE_STREAM
from afterword.followups.notifications import scores
from afterword.followups.notifications.mail import NOTIFICATION_KIND, NOTIFICATION_STREAM
from afterword.followups.pages.again_work import AGAIN
from afterword.followups.pages.editor import editor_sections
from afterword.followups.pages.outbox import AUTORESPONDERS_APART, YOU_SAID_APART
from afterword.followups.you_said import results as you_said_results
from afterword.followups.you_said.mail import YOU_SAID_KIND, YOU_SAID_STREAM, YOU_SAID_TRIAL_KIND
from afterword.followups.you_said.work import TELLING
from afterword.hooks.setup import SETUP
from afterword.insights.campaign_figures import campaign_figures
from afterword.insights.compared import scores_in_words
from afterword.insights.you_said import compare
from afterword.long_work import kinds as long_work_kinds
from afterword.occasions.due_date.due import how_many_today
from afterword.profiles.bulk.work import BULK
from afterword.sending import account_mail, address_mail, invite_mail, kinds, streams
from afterword.sending.reports.take_in import take_replies_by
from afterword.sending.streams import StreamKind
from afterword.suppressions.imported import stop_imported
from afterword.suppressions.suppress import look_up_standings
from afterword.survey_templates.editor import preview
from afterword.survey_templates.letters.trial import TRIAL_KIND, TRIAL_STREAM
from afterword.surveys.in_app.offers import how_many_wait
from afterword.surveys.invite import CAMPAIGN
from afterword.surveys.kinds import REMINDER_KIND, SURVEY_KIND
from afterword.surveys.outbox import apart
from afterword.workspaces import accounts, invites, own_address

for kind in (
    SURVEY_KIND,
    REMINDER_KIND,
    account_mail.PASSWORD_RESET_KIND,
    invite_mail.INVITE_KIND,
    address_mail.ADDRESS_CHANGE_KIND,
    address_mail.ADDRESS_CHANGED_KIND,
    NOTIFICATION_KIND,
    AUTORESPONDER_KIND,
    NOTICE_KIND,
    ASSIGNMENT_KIND,
    YOU_SAID_KIND,
    YOU_SAID_TRIAL_KIND,
):
    kinds.register(kind)
streams.register(StreamKind(CAMPAIGN, campaign_names))
streams.register(NOTIFICATION_STREAM)
streams.register(AUTORESPONDER_STREAM)
streams.register(NOTICE_STREAM)
streams.register(ASSIGNMENT_STREAM)
apart.register(AUTORESPONDERS_APART)
streams.register(YOU_SAID_STREAM)
apart.register(YOU_SAID_APART)
you_said_results.compare_by(compare)
long_work_kinds.register(TELLING)
long_work_kinds.register(AGAIN)
preview.draw_pages_by(survey_page.draw)
activation.count_due_by(how_many_today)
queued.count_offers_by(how_many_wait)
kinds.register(TRIAL_KIND)
streams.register(TRIAL_STREAM)
take_replies_by(take_replies)
importing.stop_mail_by(Mail(look_up_standings, stop_imported))
audiences.judge_by(problem_of)
accounts.send_links_by(account_mail.send_password_link)
invites.send_by(invite_mail.InvitePost())
own_address.send_by(address_mail.AddressPost())
later_fields.register(LAST_SCORE)
later_fields.register(AT_RISK)
figures.read_by(campaign_figures)
scores.read_by(scores_in_words)
duplicate.also_copy_by(copy_rules)
later_setups.register(SETUP)
for section in editor_sections():
    later_sections.register(section)
long_work_kinds.register(BULK)
long_work_kinds.register(CONVERT)
long_work_kinds.register(DRY_RUN)
long_work_kinds.register(importing.IMPORT)
