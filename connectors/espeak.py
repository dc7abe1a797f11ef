"""The built-in voice: eSpeak NG from a wheel, quick and plain, in about a hundred languages."""

import importlib.util
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from content.base import Language
from publishing.video.errors import EncodingError, NarrationError, UnknownVoiceError
from publishing.video.programs import Programs

_PROGRAM = Path(__file__).with_name("espeak_process.py")
_TIMEOUT_SECONDS = 60.0
_AT_ONCE = 2
_VOICES = {"en": "en-GB-x-rp", "zh": "cmn", "no": "nb"}
"""Where the code of a language names no voice, or not the best one."""


class EspeakSpeech:
    """`publishing.video.speech.Speech` on this machine, with no network and no cost.

    A voice is what eSpeak NG calls a language, with a variant where one is wanted: `en-US`, `hi`,
    `en-GB+f2`.
    """

    def __init__(self) -> None:
        self._programs = Programs(at_once=_AT_ONCE, timeout_seconds=_TIMEOUT_SECONDS)

    def identity(self, language: Language, voice: str) -> str:
        """Engine, version and voice.

        Raises:
            UnknownVoiceError: there is no such voice, or none for the language.
            NarrationError: the package is not installed.
        """
        return f"espeak-ng {version('espeakng-loader')} {self._voice(language, voice)}"

    async def say(self, text: str, language: Language, voice: str, audio: Path) -> None:
        """Writes a WAV file in which `text` is spoken.

        Raises:
            UnknownVoiceError: there is no such voice, or none for the language.
            NarrationError: it was not spoken.
        """
        name = self._voice(language, voice)
        source = audio.with_name(f"{audio.name}.txt")
        source.write_text(text.replace("\0", " "), encoding="utf-8")
        command = [
            *(sys.executable, "-I", "-S", str(_PROGRAM), str(_library())),
            *(str(_data()), name, str(source), str(audio)),
        ]
        try:
            await self._programs.run("The built-in voice", command, audio.parent)
        except EncodingError as error:
            raise NarrationError(str(error)) from error
        finally:
            source.unlink()

    def _voice(self, language: Language, voice: str) -> str:
        name, _, variant = (voice or _VOICES.get(language, language)).partition("+")
        if name not in _languages():
            message = (
                f"The built-in voice has no {name!r}; choose a language of eSpeak NG, such as "
                "en-US or hi, with a variant if you like: en-US+f2."
            )
            raise UnknownVoiceError(message)
        if variant and variant not in _variants():
            message = (
                f"The built-in voice has no variant {variant!r}; there are m1 to m8, f1 to f5."
            )
            raise UnknownVoiceError(message)
        return f"{name}+{variant}" if variant else name


@cache
def _languages() -> frozenset[str]:
    return frozenset(path.name for path in _data().glob("lang/**/*") if path.is_file())


@cache
def _variants() -> frozenset[str]:
    return frozenset(path.name for path in _data().glob("voices/!v/*") if path.is_file())


def _library() -> Path:
    names = ("libespeak-ng.so", "libespeak-ng.dylib", "espeak-ng.dll")
    return next(path for name in names if (path := _folder() / name).is_file())


def _data() -> Path:
    return _folder() / "espeak-ng-data"


def _folder() -> Path:
    # Found without importing the package, which belongs to the other process.
    found = importlib.util.find_spec("espeakng_loader")
    for folder in (found.submodule_search_locations or ()) if found else ():
        return Path(folder)
    raise NarrationError("The built-in voice is not installed; pip install espeakng-loader")
