"""An occasion on a page: a visitor may be asked in the application or by a link."""
