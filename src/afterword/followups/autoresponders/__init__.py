"""Autoresponders: answer an answer by mail, some minutes later."""
