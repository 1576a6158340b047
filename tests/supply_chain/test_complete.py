"""An SBOM is that of the lock."""

from supply_chain.complete import differences

LOCK = {"torch": "2.13.0", "flask-wtf": "1.3.0"}


def said(**found):
    return differences({"components": [{"name": n, "version": v} for n, v in found.items()]}, LOCK)


def test_builds_spellings_and_cudas_packages_make_no_difference():
    assert said(torch="2.13.0+cpu", Flask_WTF="1.3.0", pip="23.2", nvidia_nccl_cu13="2") == []


def test_whatever_else_differs_is_named():
    assert said(torch="2.12.0", six="1") == [
        "flask-wtf: absent (locked: 1.3.0)",
        "six: 1 (locked: not at all)",
        "torch: 2.12.0 (locked: 2.13.0)",
    ]
