"""``python -m hspin`` is the command ``hspin``."""

import sys

from ._command import main

sys.exit(main())
