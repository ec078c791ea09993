"""Make a sound clip of beeps, sirens, noise and silence, and write beside it what is heard when.

The four classes are those of devices/models/sounds-ast; each segment is whole seconds long, so that
a window of one second holds one class. The same seed gives the same bytes.

    python graphs/scripts/make_sounds.py graphs/media
"""

import argparse
import json
import os
import wave
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000
"""Samples per second, mono, 16 bits."""
SILENCE, NOISE, BEEP, SIREN = "silence", "noise", "beep", "siren"
LONGEST_SEGMENT = 3

Samples = np.ndarray[Any, np.dtype[np.float64]]


def choose_segments(seconds: int, generator: np.random.Generator) -> list[tuple[str, int]]:
    """Class and whole seconds of each segment; every class comes once in four, never one twice in a row."""
    segments: list[tuple[str, int]] = []
    left = seconds
    while left > 0:
        turn = [SILENCE, NOISE, BEEP, SIREN]
        generator.shuffle(turn)
        if segments and segments[-1][0] == turn[0]:
            turn.append(turn.pop(0))
        for label in turn:
            length = min(left, int(generator.integers(1, LONGEST_SEGMENT + 1)))
            if length:
                segments.append((label, length))
                left -= length
    return segments


def make_sound(label: str, seconds: int, generator: np.random.Generator) -> Samples:
    """Samples from -1 to 1."""
    time = np.arange(seconds * RATE) / RATE
    loudness = generator.uniform(0.15, 0.5)
    hiss = generator.normal(0, 0.002, time.size)
    if label == NOISE:
        hiss = generator.normal(0, loudness, time.size)
    if label == BEEP:
        sounding = (time * generator.uniform(2, 5)) % 1 < 0.5
        hiss += loudness * np.sin(2 * np.pi * generator.uniform(600, 2000) * time) * sounding
    if label == SIREN:
        pitch = 900 + 400 * np.sin(2 * np.pi * generator.uniform(0.7, 2) * time)
        hiss += loudness * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    return np.clip(hiss, -1, 1)


def write_clip(folder: Path, seconds: int, seed: int) -> Path:
    """Write sounds.wav and sounds.json; each appears whole or not at all. Gives the path of the clip."""
    generator = np.random.default_rng(seed)
    segments = choose_segments(seconds, generator)
    samples = np.concatenate([make_sound(label, length, generator) for label, length in segments])
    folder.mkdir(parents=True, exist_ok=True)
    clip, truth = folder / "sounds.wav", folder / "sounds.json"
    draft = folder / f".sounds.{os.getpid()}"
    try:
        with wave.open(str(draft), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((samples * 32767).round().astype("<i2").tobytes())
        draft.replace(clip)
        document = {
            "clip": clip.name,
            "rate": RATE,
            "seconds": [label for label, length in segments for _ in range(length)],
        }
        draft.write_text(json.dumps(document) + "\n", "utf-8")
        draft.replace(truth)
    finally:
        draft.unlink(missing_ok=True)
    return clip


def main() -> None:
    """Make the clip."""
    parser = argparse.ArgumentParser(description="Make a sound clip of four classes, with its truth.")
    parser.add_argument("out_dir", metavar="OUT_DIR", type=Path)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(write_clip(arguments.out_dir, arguments.seconds, arguments.seed))


if __name__ == "__main__":
    main()
