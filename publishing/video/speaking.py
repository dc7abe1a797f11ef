"""Speaks the narration of scenes: by one voice as long as it can, else by another."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from content.base import Language
from content.slides import Slide
from publishing.video.errors import NarrationError
from publishing.video.failures import first_failure
from publishing.video.narration import Sentence, sentences
from publishing.video.programs import Programs
from publishing.video.scene_cache import SceneCache, key_of
from publishing.video.soundtrack import Soundtrack, make_soundtrack
from publishing.video.speech import Speech

_SENTENCES_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of a speaker; an empty name is its voice of the language."""

    speech: Speech
    name: str = ""

    def identity(self, language: Language) -> str:
        """Names what the sound of a text depends on.

        Raises:
            UnknownVoiceError: there is no such voice, or none for the language.
        """
        return self.speech.identity(language, self.name)


@dataclass(frozen=True, slots=True)
class SpokenScene:
    """What was said in a scene, each sentence with the number of its part, and by whom."""

    voice: Voice
    said: tuple[tuple[int, Sentence], ...]
    sound: Soundtrack


@dataclass(slots=True)
class Speaker:
    """Speaks the scenes of one video, each by a single voice.

    Attributes:
        language: of all that is said.
        first: speaks as long as it can.
        stand_in: speaks whole scenes once the first has failed; None where that fails the video.
        cache: keeps sentences, which may have cost money.
        programs: what soundtracks are made with.
        failure: why the first no longer speaks.
    """

    language: Language
    first: Voice
    stand_in: Voice | None
    cache: SceneCache
    programs: Programs
    failure: NarrationError | None = None
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_SENTENCES_AT_ONCE))

    async def speak(self, slide: Slide, folder: Path) -> SpokenScene:
        """The narration of a slide as a soundtrack in `folder`, which is empty.

        Raises:
            NarrationError: no voice spoke it.
            EncodingError: FFmpeg failed.
            OSError: there is no room.
        """
        said = await asyncio.to_thread(_sentences_of, slide, self.language)
        if self.failure is None or self.stand_in is None:
            try:
                return await self._spoken_by(self.first, said, folder)
            except NarrationError as error:
                if self.stand_in is None:
                    raise
                self.failure = error
        try:
            return await self._spoken_by(self.stand_in, said, folder)
        except NarrationError as error:
            raise self.failure from error

    async def _spoken_by(
        self, voice: Voice, said: Sequence[tuple[int, Sentence]], folder: Path
    ) -> SpokenScene:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._sentence(voice, sentence.spoken, folder / f"{n}.said"))
                    for n, (_, sentence) in enumerate(said)
                ]
        except ExceptionGroup as errors:
            raise first_failure(errors) from errors
        audio = [task.result() for task in tasks]
        pairs = [(part, path) for (part, _), path in zip(said, audio, strict=True)]
        try:
            sound = await make_soundtrack(pairs, folder, self.programs)
        except NarrationError:  # what is no audio must not be taken for it the next time
            for path in audio:
                path.unlink(missing_ok=True)
            raise
        return SpokenScene(voice, tuple(said), sound)

    async def _sentence(self, voice: Voice, text: str, audio: Path) -> Path:
        key = key_of(voice=voice.identity(self.language), language=self.language, text=text)
        if (known := self.cache.sentence(key)) is not None:
            return known
        async with self._slots:
            await voice.speech.say(text, self.language, voice.name, audio)
            # At once: where another sentence fails now, this one is cancelled at its next await.
            return self.cache.keep_sentence(key, audio)


def _sentences_of(slide: Slide, language: Language) -> list[tuple[int, Sentence]]:
    return [
        (part, sentence)
        for part, narration in enumerate(slide.narration)
        for sentence in sentences(narration, language)
    ]
