import pytest

from .builders import full_evidence


@pytest.fixture(scope="session")
def full():
    """Evidence for every figure: five layers, three seeds, Shapeset and MNIST. Not changed."""
    return full_evidence()
