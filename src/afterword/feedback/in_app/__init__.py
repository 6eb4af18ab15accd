"""Surveys shown in the company's own application: its pages ask, show, and send the answer."""
