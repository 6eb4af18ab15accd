"""Follow-ups in a storm: workers are killed while receivers of webhooks fail in every way."""
