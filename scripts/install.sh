#!/bin/sh
# Install into .venv what a lock file names, with uv where it is, else with venv and pip.
#
#   scripts/install.sh requirements.lock STAMP     the stamp is written last: what was interrupted is done again
#
# PYTHON names the interpreter (python3 by default); an environment of another interpreter is made anew.
set -eu

lock=$1
stamp=$2
venv=.venv
python=${PYTHON:-python3}

fail() {
    echo "install: $*" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 || fail "$python was not found: install Python 3.11 or newer, or name one: make install PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$python is $("$python" -V 2>&1): Python 3.11 or newer is needed; name one: make install PYTHON=/path/to/python3"

version='import sys; print("%d.%d.%d" % sys.version_info[:3])'
if [ -e "$venv" ] && [ "$("$venv/bin/python" -c "$version" 2>/dev/null || true)" != "$("$python" -c "$version")" ]; then
    echo "install: making $venv anew for $("$python" -V 2>&1)"
    rm -rf "$venv"
fi

if command -v uv >/dev/null 2>&1; then
    [ -x "$venv/bin/python" ] || uv venv --quiet --python "$(command -v "$python")" "$venv"
    uv pip install --quiet --python "$venv/bin/python" --require-hashes -r "$lock"
else
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$python" -c 'import venv, ensurepip' 2>/dev/null ||
            fail "this Python cannot make virtual environments: apt-get install python3-venv (as root), then again"
        "$python" -m venv --clear "$venv"
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$lock"
fi
touch "$stamp"
