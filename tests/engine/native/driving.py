"""A pack as the input of `driver.c`, and what a stepper makes of it as the driver's output."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from glorot_sweep.data.dataset import Examples
from glorot_sweep.engine.native.build import SOURCE
from glorot_sweep.engine.native.compiler import OPTIONS
from glorot_sweep.engine.native.forms import FORMS
from glorot_sweep.engine.native.library import Decoder
from glorot_sweep.engine.native.pretraining import _scale
from glorot_sweep.engine.stepper import NetworkState
from glorot_sweep.parts.torch.schedules import factors_of
from glorot_sweep.parts.torch.step_rules import DECAY
from native.cases import STREAMS, Case, stepper_of
from native.functions import FUNCTIONS, SPECIAL, core, floats

DRIVER = Path(__file__).with_name("driver.c")
ANSWERED, THREADS = 75, 2
ARGUMENTS = np.concatenate(
    [*floats(2.0**-30, 1e4, 100_003), *floats(-1e4, -(2.0**-30), 100_003), SPECIAL]
)
"""Of the functions."""


def compile_driver(compiler: str, form: str, program: Path, *options: str) -> Path:
    """Make the program of one form, with the options of the library but for what makes it one."""
    of_library = [option for option in OPTIONS if option not in {"-fPIC", "-shared"}]
    words = [*of_library, *FORMS[form].options, f"-DGS_FORM_{form.upper()}", *options]
    subprocess.run(
        [compiler, *words, f"-I{SOURCE}", DRIVER, "-o", program, "-lm"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return program


def drive(command: Sequence[str | Path], told: bytes, folder: Path) -> bytes:
    """Run the program; return what it wrote."""
    source, result = folder / "told", folder / "said"
    source.write_bytes(told)
    subprocess.run([*command, source, result], check=True, capture_output=True, text=True)
    return result.read_bytes()


class Drive:
    """A pack that a stepper trains, and that a driver is told of; all its updates in one chunk.

    Args:
        pack: of few updates.
        form: of the stepper.
        output_scale: of the output layer's initial weights.

    Attributes:
        stepper: after all that.
        told: the driver's input.
        said: what the stepper made of it, as the driver's output.
        first_weight: of the first network, at its start.
    """

    def __init__(self, pack: Case, form: str, output_scale: float = 1.0) -> None:
        self._pack, self._form, self.stepper = pack, form, stepper_of(pack, form)
        self._streams = self.stepper.data_seeds
        self._scale_outputs(output_scale)
        settings = pack.trials[0].pretraining
        self._layers = max(t.depth for t in pack.trials) if settings else 0
        self._each = settings.updates if settings else 0
        rule = self.stepper.networks[0].rule
        self._seen = rule.curvature_examples
        if self._seen:
            self.stepper.take_curvature(0)  # the same once more in the first update
        self.first_weight = self.stepper.networks[0].parameters[0]
        self.told = b"".join(self._tell())
        self.said = b"".join(self._do())

    def _scale_outputs(self, by: float) -> None:
        states = [self.stepper.state_of(n) for n in range(len(self._pack.trials))]
        changed = []
        for state in states:
            *below, (weight, bias) = state.layers
            layers = (*below, (weight * np.float32(by), bias))
            changed.append(NetworkState(layers, state.estimates))
        self.stepper.load(changed, updates=0, pretrained=0)

    def _tell(self) -> Iterator[bytes]:
        """The order in which `driver.c` reads."""
        pack, networks = self._pack, self.stepper.networks
        yield np.array(
            [len(networks), len(self._streams), pack.inputs, pack.batch, pack.updates, 0,
             self._layers, self._each, self._seen, ANSWERED, len(ARGUMENTS), THREADS], np.int64,
        ).tobytes()  # fmt: skip
        yield np.array([1 - DECAY]).tobytes()
        yield factors_of(self.stepper._schedule, 0, pack.updates, pack.updates).tobytes()
        yield ARGUMENTS.tobytes()
        for network in networks:
            yield bytes(network.structure(network.update_scale()))
        for network in networks:
            yield np.array(network.panels.sizes, np.int64).tobytes()
            for block in (network.parameters, *network._in_steps()):
                yield block.tobytes()
        for layer in range(self._layers):
            yield np.array([_scale(network) for network in networks], np.float32).tobytes()
            yield b"".join(map(bytes, self._decoders(layer)))
            yield self._pretraining_images(layer).numpy().tobytes()
        if self._seen:
            images_of = self.stepper.images_of
            assert images_of is not None
            for stream in self._streams:
                yield images_of(stream, 0, self._seen).numpy().tobytes()
        for part in (self._training, self._answered):
            yield part.images.numpy().tobytes()
            yield part.labels.numpy().tobytes()

    def _do(self) -> Iterator[bytes]:
        """The order in which `driver.c` writes."""
        stepper, part, shown = self.stepper, self._training, self._answered
        for which in range(FUNCTIONS):
            y = core(which, ARGUMENTS, self._form)
            yield np.where(np.isnan(y), np.float32(np.nan), y).tobytes()
        for layer in range(self._layers):
            stepper.pretrain_chunk(self._pretraining_images(layer), layer)
        if self._seen:
            for network in stepper.networks:
                yield network.kept["curvature"].tobytes()
        yield stepper.update_chunk(part.images, part.labels).tobytes()
        for network in stepper.networks:
            for block in (network.parameters, *network._in_steps()):
                yield block.tobytes()
        answers = stepper.answer(shown.images[0], shown.labels[0])
        yield answers.classes.tobytes()
        yield answers.log_likelihoods.tobytes()
        trace = stepper.trace(shown.images[0], shown.labels[0])
        for number, trial in enumerate(self._pack.trials):
            hidden = [(seen, seen.trials.index(number)) for seen in trace.hidden[: trial.depth]]
            for name in ("activations", "derivatives", "gradients"):
                for seen, place in hidden:
                    yield getattr(seen, name)[place].numpy().tobytes()
            yield trace.output.gradients[number].numpy().tobytes()
            yield trace.log_probabilities[number].numpy().tobytes()

    @property
    def _training(self) -> Examples:
        return self._pack.part(self._streams, 0, self._pack.updates * self._pack.batch)

    @property
    def _answered(self) -> Examples:
        return self._pack.part([STREAMS], 0, ANSWERED)

    def _pretraining_images(self, layer: int) -> Any:
        return self._pack.part(self._streams, 100 + layer, self._each * self._pack.batch).images

    def _decoders(self, layer: int) -> list[Decoder]:
        own = self.stepper._decoders
        own._enter(layer)
        members = [n for n, trial in enumerate(self._pack.trials) if trial.depth > layer]
        found = [own._decoder(member, layer) for member in members]
        own.forget()
        return found
