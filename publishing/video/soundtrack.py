"""The sound of one scene: sentences laid out in time, as loud as any other, cut to whole frames.

Scenes are joined without encoding them again, so the sound of each must be exactly as long as its
picture. 15,360 samples at 48 kHz are 15 AAC frames and, at 12.5 pictures a second, 4 pictures:
every scene lasts a multiple of that, 0.32 s. FFmpeg's AAC begins with a frame of silence from
before the start; without it, and with silence at both ends, frames of scenes follow one another as
if they had been encoded together.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from publishing.video.errors import EncodingError, NarrationError
from publishing.video.programs import Programs

SAMPLES_PER_SECOND = 48_000
FRAMES_PER_SECOND = 12.5
LOUDNESS_LUFS = -16.0
"""Of speech, integrated and gated.

Source: EBU R 128 s2 (streaming) allows -20 to -16 LUFS; phones want the upper end.
"""
PEAK = 0.84
"""Of samples before AAC: leaves half a decibel for what AAC adds, to stay below -1 dBTP."""

_SAMPLES_PER_AAC_FRAME = 1024
_SAMPLES_PER_PICTURE = 3840
_SAMPLES_PER_STEP = 15_360
_LARGEST_GAIN_DB = 30.0
_NO_LOUDNESS_LUFS = -60.0
_INPUTS_AT_ONCE = 40
_SILENCE = 200
"""Of 32,767: what is quieter at either end of a sentence is cut off, so that pauses are ours."""
_KEPT_SAMPLES = 960
_LEAD_SECONDS, _SENTENCE_SECONDS, _PART_SECONDS, _TAIL_SECONDS = 0.4, 0.3, 0.6, 0.8

_LOUDNESS = re.compile(r"^\s+I:\s+(-?[\d.]+|-?inf|nan) LUFS", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Utterance:
    """A spoken sentence within a scene; times in seconds from the scene's start."""

    part: int
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """The sound of a scene.

    Attributes:
        aac: ADTS frames, 15 for every 4 pictures.
        pictures: how many the scene has, a multiple of 4.
        utterances: one per sentence, in order.
    """

    aac: Path
    pictures: int
    utterances: tuple[Utterance, ...]


async def make_soundtrack(
    sentences: Sequence[tuple[int, Path]], folder: Path, programs: Programs
) -> Soundtrack:
    """Joins spoken sentences, given each with the number of its part, in `folder`.

    Raises:
        NarrationError: a file is no audio.
        EncodingError: FFmpeg failed.
        DiskFullError: there is no room.
    """
    spoken = [folder / f"{number}.pcm" for number in range(len(sentences))]
    await _decode([audio for _, audio in sentences], spoken, folder, programs)
    track = folder / "track.pcm"
    parts = [part for part, _ in sentences]
    pairs = list(zip(parts, spoken, strict=True))
    utterances, samples = await asyncio.to_thread(_lay_out, pairs, track)
    gain = await _gain_db(track, folder, programs)
    aac = await _encode(track, gain, folder, programs)
    track.unlink()
    await asyncio.to_thread(_cut, aac, samples // _SAMPLES_PER_AAC_FRAME)
    return Soundtrack(aac, samples // _SAMPLES_PER_PICTURE, utterances)


async def _decode(
    sources: Sequence[Path], targets: Sequence[Path], folder: Path, programs: Programs
) -> None:
    pairs = list(zip(sources, targets, strict=True))
    for start in range(0, len(pairs), _INPUTS_AT_ONCE):
        some = pairs[start : start + _INPUTS_AT_ONCE]
        arguments = ["-loglevel", "error"]
        for source, _ in some:
            arguments += ["-i", f"file:{source}"]
        for number, (_, target) in enumerate(some):
            arguments += ["-map", f"{number}:a:0", *_PCM, f"file:{target}"]
        try:
            await programs.ffmpeg(arguments, folder)
        except EncodingError as error:
            raise NarrationError(f"What was spoken is no audio ({error})") from error


_PCM = ("-f", "s16le", "-ar", str(SAMPLES_PER_SECOND), "-ac", "1")


def _lay_out(spoken: Sequence[tuple[int, Path]], track: Path) -> tuple[tuple[Utterance, ...], int]:
    """Writes sentences with pauses around them; where they stand, and the samples in all.

    What it has read is deleted.
    """
    with track.open("wb") as file:
        return _write_track(spoken, file)


def _write_track(
    spoken: Sequence[tuple[int, Path]], file: BinaryIO
) -> tuple[tuple[Utterance, ...], int]:
    utterances: list[Utterance] = []
    at = _write_silence(file, _LEAD_SECONDS)
    for (part, pcm), following in zip(spoken, [*spoken[1:], None], strict=True):
        sound = _without_silence(np.fromfile(pcm, dtype="<i2"))
        file.write(sound.tobytes())
        pcm.unlink()
        start, at = at, at + len(sound)
        utterances.append(Utterance(part, start / SAMPLES_PER_SECOND, at / SAMPLES_PER_SECOND))
        if following is not None:
            pause = _SENTENCE_SECONDS if following[0] == part else _PART_SECONDS
            at += _write_silence(file, pause)
    at += _write_silence(file, _TAIL_SECONDS)
    missing = -at % _SAMPLES_PER_STEP
    file.write(bytes(2 * missing))
    return tuple(utterances), at + missing


def _write_silence(file: BinaryIO, seconds: float) -> int:
    samples = round(seconds * SAMPLES_PER_SECOND)
    file.write(bytes(2 * samples))
    return samples


def _without_silence(sound: NDArray[np.int16]) -> NDArray[np.int16]:
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > _SILENCE)
    if not len(loud):
        return sound[:0]
    return sound[max(int(loud[0]) - _KEPT_SAMPLES, 0) : int(loud[-1]) + _KEPT_SAMPLES]


async def _gain_db(track: Path, folder: Path, programs: Programs) -> float:
    """What makes the speech as loud as it should be; silence stays silent."""
    gain = 0.0
    for filters in ("anull", None):  # as it is; and again, for the limiter takes some away
        loudness = await _loudness(track, filters or _louder(gain), folder, programs)
        if not loudness > _NO_LOUDNESS_LUFS:
            return 0.0
        gain = min(gain + LOUDNESS_LUFS - loudness, _LARGEST_GAIN_DB)
    return gain


async def _loudness(track: Path, filters: str, folder: Path, programs: Programs) -> float:
    filters += ",ebur128=framelog=quiet"
    measure = [*_READ_PCM, "-i", track.name, "-af", filters, "-f", "null", "-"]
    found = _LOUDNESS.findall(await programs.ffmpeg(measure, folder))
    try:
        return float(found[-1])
    except (IndexError, ValueError) as error:
        raise EncodingError("FFmpeg did not tell how loud the speech is") from error


def _louder(gain_db: float) -> str:
    limiter = f"alimiter=limit={PEAK}:attack=2:release=60:level=0:latency=1"
    return f"volume={gain_db:.2f}dB,{limiter}"


async def _encode(track: Path, gain_db: float, folder: Path, programs: Programs) -> Path:
    target = folder / "sound.aac"
    # The coder "fast" is three times as quick as the default, and at this rate of bits its error
    # on speech was measured 10 dB smaller.
    coded = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "96k", "-threads", "1", "-f", "adts"]
    silent = ["-loglevel", "error", *_READ_PCM, "-i", track.name]
    await programs.ffmpeg([*silent, "-af", _louder(gain_db), *coded, target.name], folder)
    return target


_READ_PCM = ("-f", "s16le", "-ar", str(SAMPLES_PER_SECOND), "-ch_layout", "mono")


def _cut(aac: Path, frames: int) -> None:
    """Leaves out the first frame and whatever comes after as many as are wanted."""
    sound = aac.read_bytes()
    bounds = list(_adts_bounds(sound))
    if len(bounds) < frames + 2:
        raise EncodingError(f"FFmpeg made {len(bounds) - 2} frames of sound instead of {frames}")
    aac.write_bytes(sound[bounds[1] : bounds[frames + 1]])


def _adts_bounds(sound: bytes) -> Iterator[int]:
    """Where frames begin, and where the last one ends.

    Source: ISO/IEC 14496-3, 1.A.2: 13 bits of the header give the length of the frame.
    """
    at = 0
    while at + 7 <= len(sound) and sound[at] == 0xFF:
        yield at
        length = (sound[at + 3] & 3) << 11 | sound[at + 4] << 3 | sound[at + 5] >> 5
        at += max(length, 7)
    yield at
