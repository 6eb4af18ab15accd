"""Afterword asks a company's customers for a word right after something happens to them."""

from importlib.metadata import version

__version__ = version("afterword")
