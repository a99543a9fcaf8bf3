"""`python -m ttsbook` does what the installed command does."""

import sys

from ttsbook.cli import main

if __name__ == "__main__":  # worker processes import this module again under another name
    sys.exit(main())
