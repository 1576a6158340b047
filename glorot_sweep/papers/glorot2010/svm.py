"""The support vector machine of Sec. 2.1, beside the network that was given the same images."""

from typing import Final

from glorot_sweep.report.paper import SvmReference

SVM: Final = SvmReference(examples=100_000, variant="tanh_n", svm_error=59.47, network_error=50.47)
