"""Follow up: notifications, autoresponders and webhooks, which a happening sets off."""
