"""Have the C library keep what a model frees between utterances.

Tensors of megabytes come and go with every layer. glibc takes blocks of that size from the system and gives
them back when freed, and the system clears each page again: a tenth of the time that the model takes on a
processor. Kept, the memory of one utterance serves the next; the process grows no larger than the longest
of them made it.
"""

from __future__ import annotations

import ctypes

# From malloc.h; see mallopt(3).
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_LARGEST_BLOCK = 32 << 20  # the most that older versions take; no tensor of an utterance is larger
_KEPT = 256 << 20  # more than an utterance needs; what is freed beyond it goes back


def keep_freed_memory() -> bool:
    """Keep freed blocks in this process from now on; False where the C library has no such setting."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # macOS, musl; TypeError on Windows
        return False
    return bool(mallopt(_MMAP_THRESHOLD, _LARGEST_BLOCK) and mallopt(_TRIM_THRESHOLD, _KEPT))
