"""`python -m ttsbook` does what the installed command does."""

import sys

from ttsbook.cli import main

if __name__ == "__main__":
    sys.exit(main())
