"""Which processor does the arithmetic: libraries choose their kernels by it, and kernels the bits.

A matrix product is a sum, and another kernel adds in another order. PyTorch and MKL choose by the
vendor, the model and what the vector units can do, unless a variable of the environment says
otherwise.
"""

import platform
from functools import cache
from pathlib import Path

from glorot_sweep.host.environment import variables

CPUINFO = Path("/proc/cpuinfo")
ARM = ("implementer", "part", "variant")
CHOOSING = (
    "DNNL_MAX_CPU_ISA",
    "MKL_CBWR",
    "MKL_DEBUG_CPU_TYPE",
    "MKL_ENABLE_INSTRUCTIONS",
    "ONEDNN_MAX_CPU_ISA",
)
"""Variables that make MKL or oneDNN choose other kernels."""


@cache
def device_type(device: str = "cpu") -> str:
    """Return the type of a device of this machine; devices of one type give the same bits.

    Args:
        device: `cpu`, or `cuda` with or without a number.
    """
    import torch  # noqa: PLC0415 - most of what asks for a type has loaded it

    if device.partition(":")[0] == "cuda":
        return torch.cuda.get_device_name(device)
    chosen = [f"{name}={value}" for name, value in variables(CHOOSING).items()]
    return ", ".join([cpu_model(CPUINFO), torch.backends.cpu.get_cpu_capability(), *chosen])


def cpu_model(cpuinfo: Path) -> str:
    """Return vendor, family, model and name of the processor, as far as the system tells.

    ARM's have numbers: who designed it, which core it is, which variant of that.

    Args:
        cpuinfo: Linux's list of processors; elsewhere it does not exist.
    """
    facts = _facts(cpuinfo)
    if "model name" not in facts:
        kind = platform.processor() or platform.machine()
        told = [f"{key} {facts[f'CPU {key}']}" for key in ARM if f"CPU {key}" in facts]
        return f"{kind} ({', '.join(told)})" if told else kind
    numbers = f"family {facts.get('cpu family', '?')}, model {facts.get('model', '?')}"
    return f"{facts['model name']} ({facts.get('vendor_id', '?')}, {numbers})"


def cpu_flags(cpuinfo: Path) -> frozenset[str]:
    """Return what an x86 processor can do, in the kernel's words; nothing where no system tells."""
    return frozenset(_facts(cpuinfo).get("flags", "").split())


def _facts(cpuinfo: Path) -> dict[str, str]:
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
