"""`python -m lanthorn` is `lanthorn`."""

import sys

from .cli import main

sys.exit(main())
