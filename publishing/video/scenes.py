"""Makes one scene of a video: speaks it, sets its slide, and films the one to the other."""

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

from content.slides import Slide, SlideDeck, Storyboard
from publishing.video.encoding import Reel, Showing, encode_film
from publishing.video.fingerprints import renderer
from publishing.video.frames import Frames, typeset_frames
from publishing.video.programs import Programs
from publishing.video.scene_cache import FinishedScene, SceneCache, StoredScene, key_of
from publishing.video.soundtrack import FRAMES_PER_SECOND, Utterance
from publishing.video.speaking import Speaker, SpokenScene, Voice
from publishing.video.spoken import languages
from publishing.video.timing import Cue, Reveal, SceneTiming

Stage = Literal["narration", "typesetting", "encoding", "joining"]
SceneProgress = Callable[[Stage], None]
"""Is told of each stage of a scene that is done."""

_REVEAL_AHEAD_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class SceneMaker:
    """Makes the scenes of one storyboard, or finds them made.

    Attributes:
        storyboard: whose scenes they are.
        cache: where finished ones are.
        speaker: who speaks them.
        programs: what everything runs through.
    """

    storyboard: Storyboard
    cache: SceneCache
    speaker: Speaker
    programs: Programs

    def finished(self, slide: Slide) -> FinishedScene | None:
        """The scene of a slide if it was made before, spoken by the first voice."""
        return self.cache.scene(self._key(slide, self.speaker.first))

    async def make(self, slide: Slide, folder: Path, on_stage: SceneProgress) -> FinishedScene:
        """Makes the scene of a slide in `folder`, which is empty and emptied again.

        Raises:
            VideoError: it cannot be made; sentences that were spoken stay in the cache.
            OSError: there is no room.
        """
        async with asyncio.TaskGroup() as group:
            setting = group.create_task(self._typeset(slide, folder, on_stage))
            speaking = group.create_task(self._speak(slide, folder, on_stage))
        frames, spoken = setting.result(), speaking.result()
        sound = spoken.sound
        reveals = _reveals(slide, sound.utterances)
        film = folder / "film.mp4"
        pictures = dict(zip(_steps(slide), frames.pictures, strict=True))
        showings = _showings(reveals, pictures, sound.pictures)
        await encode_film(showings, film, folder, self.programs)
        stored = StoredScene(
            timing=_timing(spoken, reveals),
            warnings=(*frames.warnings, *self._warnings(slide)),
        )
        kept = await asyncio.to_thread(
            self.cache.keep_scene,
            *(self._key(slide, spoken.voice), Reel(film, sound.aac), frames.pictures[-1], stored),
        )
        await asyncio.to_thread(shutil.rmtree, folder)
        on_stage("encoding")
        return self._with_speaker_named(kept, slide, spoken.voice)

    async def _typeset(self, slide: Slide, folder: Path, on_stage: SceneProgress) -> Frames:
        place = folder / "slide"
        place.mkdir(parents=True)
        deck = SlideDeck(
            title=self.storyboard.title,
            language=self.storyboard.language,
            theme=self.storyboard.theme,
            slides=(slide,),
        )
        frames = await typeset_frames(deck, _steps(slide), place, self.programs)
        on_stage("typesetting")
        return frames

    async def _speak(self, slide: Slide, folder: Path, on_stage: SceneProgress) -> SpokenScene:
        place = folder / "speech"
        place.mkdir(parents=True)
        spoken = await self.speaker.speak(slide, place)
        on_stage("narration")
        return spoken

    def _warnings(self, slide: Slide) -> tuple[str, ...]:
        language = self.storyboard.language
        if language in languages() or not any("$" in part for part in slide.narration):
            return ()
        return (f"Formulas are said in English, as their words in {language!r} lack.",)

    def _with_speaker_named(
        self, scene: FinishedScene, slide: Slide, voice: Voice
    ) -> FinishedScene:
        """The scene, warned of if another spoke; that is not kept, as it may be meant next time."""
        if voice is self.speaker.first:
            return scene
        note = f"Scene {slide.id} is spoken by the built-in voice: {self.speaker.failure}"
        warned = scene.stored.model_copy(update={"warnings": (*scene.stored.warnings, note)})
        return replace(scene, stored=warned)

    def _key(self, slide: Slide, voice: Voice) -> str:
        storyboard = self.storyboard
        return key_of(
            slide=slide.model_dump(mode="json"),
            theme=storyboard.theme,
            language=storyboard.language,
            voice=voice.identity(storyboard.language),
            renderer=renderer(),
        )


def _steps(slide: Slide) -> list[int]:
    """The numbers of points that are shown one after the other."""
    return sorted({_points_at(slide, part) for part in range(len(slide.narration))})


def _points_at(slide: Slide, part: int) -> int:
    """How many points are shown while a part is spoken: with the last part, all of them."""
    return len(slide.points) if part == len(slide.narration) - 1 else min(part, len(slide.points))


def _reveals(slide: Slide, utterances: Sequence[Utterance]) -> tuple[Reveal, ...]:
    """When points appear: shortly before their part is spoken."""
    reveals = [Reveal(start_seconds=0.0, points=_points_at(slide, 0))]
    for part in range(1, len(slide.narration)):
        starts = [one.start_seconds for one in utterances if one.part >= part]
        end = utterances[-1].end_seconds if utterances else 0.0
        start = starts[0] - _REVEAL_AHEAD_SECONDS if starts else end
        points = _points_at(slide, part)
        if points == reveals[-1].points:
            continue
        picture = int(max(start, 0.0) * FRAMES_PER_SECOND)
        if picture / FRAMES_PER_SECOND <= reveals[-1].start_seconds:
            reveals[-1] = reveals[-1].model_copy(update={"points": points})
        else:
            reveals.append(Reveal(start_seconds=picture / FRAMES_PER_SECOND, points=points))
    return tuple(reveals)


def _showings(
    reveals: Sequence[Reveal], pictures: Mapping[int, Path], length: int
) -> list[Showing]:
    starts = [round(reveal.start_seconds * FRAMES_PER_SECOND) for reveal in reveals]
    counts = [end - start for start, end in pairwise([*starts, length])]
    return [
        Showing(pictures[reveal.points], count)
        for reveal, count in zip(reveals, counts, strict=True)
    ]


def _timing(spoken: SpokenScene, reveals: tuple[Reveal, ...]) -> SceneTiming:
    return SceneTiming(
        duration_seconds=spoken.sound.pictures / FRAMES_PER_SECOND,
        cues=tuple(
            Cue(
                start_seconds=round(utterance.start_seconds, 3),
                end_seconds=round(utterance.end_seconds, 3),
                text=sentence.shown,
                spoken=sentence.spoken,
                part=part,
            )
            for (part, sentence), utterance in zip(
                spoken.said, spoken.sound.utterances, strict=True
            )
        ),
        reveals=reveals,
    )
