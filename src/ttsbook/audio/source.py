"""A local audio or video file, opened with nothing but audio containers allowed.

FFmpeg can read playlists, scripts and addresses that make it open other files or the network. Files here
come from strangers: the file is opened by us and handed over as bytes, only the demuxers listed here may
look at it, and no protocol is allowed beneath them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from ttsbook.errors import InputError

# FFmpeg's names. Left out on purpose: concat, hls, dash, sdp, rtsp, image2, tty, lavfi, raw PCM guesses
# and the like.
_DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,latm,loas,"
    "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,"
    "nut,ogg,rm,shn,spx,swf,tak,truehd,tta,voc,w64,wav,wv"
)
# Tags that are no UTF-8: before 19 PyAV refuses them unless told what to do, from 19 on it always does this.
_IS_TOLD = int(av.__version__.split(".")[0]) < 19
_TAGS: dict[str, Any] = {"metadata_errors": "surrogateescape"} if _IS_TOLD else {}
_HINT = "give an audio or video file, such as wav, mp3, m4a, flac, ogg, opus or mp4"


@contextmanager
def open_source(path: Path) -> Iterator[InputContainer]:
    """Open a local file for reading.

    Raises:
        InputError: no such file, not audio, or damaged; also for FFmpeg's errors inside the block.
    """
    try:
        with open(path, "rb") as handle:
            if not handle.peek(1):
                raise InputError(f"{path} is empty", _HINT)
            options = {"format_whitelist": _DEMUXERS, "protocol_whitelist": "none"}
            with av.open(handle, "r", options=options, **_TAGS) as container:
                yield container
    except (av.ArgumentError, av.InvalidDataError) as error:
        # No demuxer took it, or only one that is not allowed.
        raise InputError(f"{path} is not an audio or video file, or is damaged", _HINT) from error
    except av.FFmpegError as error:
        raise InputError(f"{path} cannot be read as audio: {error.strerror or error}", _HINT) from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
