"""`python -m afterword` is the command `afterword`."""

import sys

from afterword.cli import main

sys.exit(main())
