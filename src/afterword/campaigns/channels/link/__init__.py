"""A link that the company hands out itself; whoever opens it is asked (`feedback/links`)."""
