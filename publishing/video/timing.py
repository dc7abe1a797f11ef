"""When what is said and shown in a video: stored with each scene, and handed out as JSON."""

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cue(_Value):
    """A sentence; seconds from the start of its scene or of the video."""

    start_seconds: float
    end_seconds: float
    text: str
    """As captions show it."""
    spoken: str
    """As it was given to the voice."""
    part: int
    """The part of the narration: 0 for the heading, n for point n."""


class Reveal(_Value):
    """From when on how many points of a slide are shown."""

    start_seconds: float
    points: int


class SceneTiming(_Value):
    """A scene by itself; seconds from its start."""

    duration_seconds: float
    cues: tuple[Cue, ...]
    reveals: tuple[Reveal, ...]


class PlacedScene(_Value):
    """A scene in its place in the video; seconds from the start of the video."""

    id: str
    heading: str
    start_seconds: float
    end_seconds: float
    cues: tuple[Cue, ...]
    reveals: tuple[Reveal, ...]


class VideoTiming(_Value):
    """A whole video."""

    title: str
    language: str
    duration_seconds: float
    frames_per_second: float
    scenes: tuple[PlacedScene, ...]


def placed(scene: SceneTiming, scene_id: str, heading: str, start_seconds: float) -> PlacedScene:
    """A scene moved to where it begins in the video."""
    return PlacedScene(
        id=scene_id,
        heading=heading,
        start_seconds=round(start_seconds, 3),
        end_seconds=round(start_seconds + scene.duration_seconds, 3),
        cues=tuple(
            cue.model_copy(
                update={
                    "start_seconds": round(cue.start_seconds + start_seconds, 3),
                    "end_seconds": round(cue.end_seconds + start_seconds, 3),
                }
            )
            for cue in scene.cues
        ),
        reveals=tuple(
            reveal.model_copy(
                update={"start_seconds": round(reveal.start_seconds + start_seconds, 3)}
            )
            for reveal in scene.reveals
        ),
    )
