"""`python -m eventdeck` is the command `eventdeck`."""

import sys

from eventdeck.cli import main

sys.exit(main())
