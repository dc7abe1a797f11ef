"""Speaks one text with eSpeak NG: LIBRARY, its DATA folder, VOICE, a file of TEXT, a WAV to write.

eSpeak NG is under the GPL, so it is loaded by this program alone, which imports nothing of ours and
is run as a process of its own.
"""

import ctypes
import sys
import wave
from pathlib import Path

WORDS_PER_MINUTE = 155
_SYNCHRONOUS = 2
_UTF8 = 1
_RATE = 1
_ENDS_WITH_TEXT = 1
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def main(library: str, data: str, voice: str, text: str, target: str) -> None:
    """Writes the sound of the text; ends with a word of complaint where it cannot."""
    espeak = ctypes.CDLL(library)
    samples_per_second = espeak.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), 0)
    if samples_per_second <= 0:
        sys.exit("eSpeak NG does not find its data")
    sound = bytearray()

    def take(samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            sound.extend(ctypes.string_at(samples, count * 2))
        return 0

    callback = _CALLBACK(take)  # kept until the end: eSpeak NG holds no reference of its own
    espeak.espeak_SetSynthCallback(callback)
    if espeak.espeak_SetVoiceByName(voice.encode()) != 0:
        sys.exit(f"eSpeak NG has no voice {voice}")
    espeak.espeak_SetParameter(_RATE, WORDS_PER_MINUTE, 0)
    said = Path(text).read_bytes()
    if espeak.espeak_Synth(said, len(said) + 1, 0, _ENDS_WITH_TEXT, 0, _UTF8, None, None) != 0:
        sys.exit("eSpeak NG did not speak the text")
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(samples_per_second)
        file.writeframes(bytes(sound))


if __name__ == "__main__":
    main(*sys.argv[1:])
