"""A pytest plugin: how long tests may take."""

from hypothesis import HealthCheck, settings

# `make prove` draws more often, and waits longer for it.
settings.register_profile(
    "long", max_examples=1_000, deadline=None, suppress_health_check=[*HealthCheck]
)
