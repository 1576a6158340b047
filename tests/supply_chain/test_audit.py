"""What audit.py claims, with a stand-in for pip-audit."""

import json
import sys

import pytest

from supply_chain import audit

CLEAN = {"dependencies": [{"name": "one", "version": "1.0", "vulns": []}]}
SKIPPED = {"dependencies": [{"name": "one", "skip_reason": "not found: one"}]}
FLAW = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"], "description": ""}
FLAWED = {"dependencies": [{"name": "one", "version": "1.0", "vulns": [FLAW]}]}


@pytest.fixture
def program(tmp_path):
    """Return a way to make a pip-audit that prints a report, or fails."""

    def make(**answers):
        script = tmp_path / "pip-audit"
        script.write_text(
            f"#!{sys.executable}\nimport json, sys\n"
            f"answer = json.loads({json.dumps(answers)!r})[sys.argv[2]]\n"
            "lines = open(sys.argv[-1]).read()\n"
            "assert lines == 'one==1.0\\nthe-other==2\\n', lines\n"
            "sys.exit(answer) if isinstance(answer, str) else print(json.dumps(answer))\n"
        )
        script.chmod(0o755)
        lock, hashed = tmp_path / "lock.txt", tmp_path / "hashed.txt"
        lock.write_text("one==1.0\n")
        hashed.write_text("# a comment\nThe_Other==2 \\\n    --hash=sha256:00\n")
        return str(script), str(lock), str(hashed)

    return make


def test_audited_packages_are_counted(program, capsys):
    audit.main(*program(pypi=CLEAN, osv=CLEAN))
    assert capsys.readouterr().out == (
        "audit by pypi: 1 of 1 packages audited\naudit by osv: 1 of 1 packages audited\n"
    )


def test_a_database_that_cannot_be_had_is_no_clean_audit(program, capsys):
    audit.main(*program(pypi=SKIPPED, osv="Traceback ...\nno such host"))
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("audit by pypi: NOT AUDITED, 0 of 1 packages audited; of the others")
    assert first.endswith("not found: one")
    assert second == ("audit by osv: NOT AUDITED, its database cannot be had here: no such host")


def test_a_database_that_does_not_answer_is_given_up(program, capsys, monkeypatch):
    script, *locks = program(pypi=CLEAN, osv=CLEAN)
    with open(script, "a") as file:
        file.write("import time; time.sleep(60)\n")
    monkeypatch.setattr(audit, "SECONDS", 0.2)
    audit.main(script, *locks)
    assert capsys.readouterr().out.count("NOT AUDITED, its database cannot be had here: no") == 2


@pytest.mark.parametrize("other", [CLEAN, SKIPPED, "no such host"])
def test_a_vulnerability_that_one_database_knows_fails(program, other):
    with pytest.raises(SystemExit, match=r"one 1\.0: PYSEC-1, CVE-1, fixed in 1\.1") as end:
        audit.main(*program(pypi=other, osv=FLAWED))
    assert end.value.code != 0
