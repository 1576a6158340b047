#!/bin/bash
# Runs the tests marked `containers`: with the engine that is at hand, or with one that engine.sh
# makes. Where neither can be, it says why and that nothing was tested. PYTHON is the interpreter.
set -euo pipefail
cd "$(dirname "$0")/../.."

tests=("${PYTHON:-python}" -m pytest -m containers -p no:xdist --durations=0 tests/containers)

missing() {
    [ "$(id -u)" = 0 ] || { echo "making one needs root"; return; }
    for program in apt-get debootstrap slirp4netns nsenter unshare; do
        command -v "$program" > /dev/null || { echo "making one needs $program"; return; }
    done
    unshare --mount --net --pid --fork true 2>&1 || echo "no namespaces may be made here"
}

if docker info > /dev/null 2>&1 && docker compose version > /dev/null 2>&1; then
    exec "${tests[@]}"
fi
reason=$(missing)
if [ -n "$reason" ]; then
    echo "THE CONTAINERS WERE NOT TESTED: no container engine is at hand, and $reason"
    exit 0
fi
work=$(mktemp -d)
status=0
tests/containers/engine.sh "$work" "${tests[@]}" || status=$?
rm -rf --one-file-system "$work"
exit "$status"
