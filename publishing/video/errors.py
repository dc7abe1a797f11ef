"""What can go wrong when a storyboard becomes a video.

```
PublishingError
├── DiskFullError                 page someone: there is no room for what is written
└── VideoError
    ├── NarrationError            retry later, or with another voice: a text was not spoken
    │   └── UnknownVoiceError     fix the request: there is no such voice
    ├── VideoTooLongError         fix the request: there is too much to say
    ├── EncodingError             page someone: ffmpeg refused, or took too long
    └── EncoderUnavailableError   page someone: ffmpeg is not installed
```
"""

from publishing.errors import PublishingError


class VideoError(PublishingError):
    """Base of what rendering a video raises; scenes that were finished stay in the cache."""


class NarrationError(VideoError):
    """A text could not be spoken; the message says why and whether a later try may help."""


class UnknownVoiceError(NarrationError):
    """The storyboard names a voice that the speaker does not have."""


class VideoTooLongError(VideoError):
    """The narration of a storyboard has more characters than a video takes."""

    def __init__(self, characters: int, limit: int) -> None:
        super().__init__(
            f"The narration has {characters:,} characters; a video takes at most {limit:,}. "
            "Divide it into several."
        )
        self.characters = characters
        self.limit = limit


class EncodingError(VideoError):
    """FFmpeg did not make the file; the message has the last line of its complaint."""


class EncoderUnavailableError(VideoError):
    """FFmpeg is not installed."""
