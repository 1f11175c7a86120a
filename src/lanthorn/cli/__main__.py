"""`python -m lanthorn.cli` is `lanthorn`."""

import sys

from . import main

sys.exit(main())
