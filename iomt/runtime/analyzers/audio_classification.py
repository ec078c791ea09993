"""Says what a sound is."""

from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from iomt.contract.media import PCM, parameters
from iomt.contract.results import Item
from iomt.runtime.analyzers.task import Task, scores
from iomt.runtime.device import Rejected

Samples = NDArray[np.float32]
_FORMAT = "s16le"


class AudioClassification(Task[Samples]):
    """Labels with scores, best first. Media: mono samples, -1 to 1, at the model's own rate."""

    name = "audio-classification"
    accepts = PCM
    network = "AutoModelForAudioClassification"
    processor = "AutoFeatureExtractor"
    architectures = "MODEL_FOR_AUDIO_CLASSIFICATION_MAPPING_NAMES"

    def read(self, body: bytes, media_type: str) -> Samples:
        """See `Task`."""
        return read_samples(body, media_type, self._rate)

    def analyze(self, media: Samples) -> list[Item]:
        """See `Task`."""
        network = self.loaded.network
        inputs = self.loaded.inputs(media, sampling_rate=self._rate)
        names = self.loaded.names
        found = scores(network(**inputs).logits[0], network.config)
        return self.selection.of(Item(names[n], score) for n, score in enumerate(found))

    def example(self) -> Samples:
        """See `Task`."""
        return np.zeros(self._rate, np.float32)

    @property
    def _rate(self) -> int:
        return int(self.loaded.processor.sampling_rate)


def read_samples(body: bytes, media_type: str, rate: int) -> Samples:
    """s16le samples of ``audio/pcm;rate=R[;channels=N]`` as mono at ``rate``. Raises `Rejected`."""
    given = parameters(media_type)
    if (form := given.get("format", _FORMAT)) != _FORMAT:
        raise Rejected(f"sound of format {form}, expected {_FORMAT}")
    channels = _count(given, "channels", "1", media_type)
    own_rate = _count(given, "rate", "", media_type)
    if not body or len(body) % (2 * channels):
        raise Rejected(f"{len(body)} bytes are no whole samples of {channels} channels, 16 bits each")
    samples: NDArray[Any] = np.frombuffer(body, "<i2").reshape(-1, channels).mean(axis=1)
    if own_rate != rate:
        samples = _resample(samples.round().astype(np.int16), own_rate, rate)
    scaled: Samples = (samples / 32768).astype(np.float32)
    return scaled


def _count(given: dict[str, str], name: str, default: str, media_type: str) -> int:
    text = given.get(name, default)
    if not text.isascii() or not text.isdigit() or not int(text):
        raise Rejected(f"{media_type!r} says no {name}: expected such as audio/pcm;rate=16000;channels=1")
    return int(text)


def _resample(samples: NDArray[np.int16], own_rate: int, rate: int) -> NDArray[Any]:
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
    frame.sample_rate = own_rate
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    try:
        parts = [*resampler.resample(frame), *resampler.resample(None)]
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise Rejected(
            f"sound of {own_rate} samples a second cannot be turned into {rate}: {error}"
        ) from error
    return np.concatenate([part.to_ndarray()[0] for part in parts])
