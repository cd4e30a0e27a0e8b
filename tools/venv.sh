#!/bin/sh
# Makes, updates or repairs one of the project's virtual environments.
#
#   sh tools/venv.sh FOLDER [EXTRAS]
#
# FOLDER   .venv or .venv-dev, in the project's root
# EXTRAS   extras of pyproject.toml, such as train,dev; none: what the device needs
#
# Does nothing when FOLDER was made from this pyproject.toml, as its contents say and not its date.
# A folder whose making was cut short is made anew. Everything is said on stderr: stdout belongs to
# the program that is started afterwards.
#
# PYTHON                 which Python to use, in place of the first that fits
# INKWATCH_APT_PACKAGES  where apt puts Python packages (for tests)
set -eu

cd "$(dirname "$0")/.."
venv=$1
extras=${2:-}
asked_python=${PYTHON:-}
apt_packages=${INKWATCH_APT_PACKAGES:-/usr/lib/python3/dist-packages}
stamp=$venv/.inkwatch-install

# The newest Python that there are wheels for: of ai-edge-litert, tflite-runtime and TensorFlow.
case $extras in
    '') newest_minor=14 ;;
    tflite-runtime) newest_minor=11 ;;
    *) newest_minor=13 ;;
esac

say() { printf '%s\n' "$*" >&2; }

# Two `make` in two terminals take turns. The lock is on the folder itself, so that no file is left.
if command -v flock >/dev/null 2>&1; then
    exec 9<.
    flock 9
fi

# picamera2 comes from apt and is seen only by the system's Python in a venv that looks outside itself.
site=own
if [ -z "$extras" ] && [ -d "$apt_packages/picamera2" ]; then
    site=system
    [ -n "$asked_python" ] || asked_python=/usr/bin/python3
fi

# --- Which Python -------------------------------------------------------------------------------

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }
minor_fits() { [ "${1%%.*}" = 3 ] && [ "${1#*.}" -ge 11 ] && [ "${1#*.}" -le "$2" ]; }
can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

no_python() {
    say "Inkwatch needs Python 3.11 to 3.$newest_minor here, and found ${seen:-none}."
    say "  Raspberry Pi OS or Debian 12 and newer:  sudo apt install python3 python3-venv"
    say "  Ubuntu 22.04:                            sudo apt install python3.11 python3.11-venv"
    say "  older than these: upgrade the system, or install a newer Python beside it (with pyenv, for one)"
    say "A Python that is not on the PATH can be named: make run PYTHON=/path/to/python3"
    exit 1
}

# Sets `python` and `version`, or explains what is missing and exits.
choose_python() {
    seen='' lacks_venv='' newest_allowed=$newest_minor
    if [ -n "$asked_python" ]; then
        set -- "$asked_python"
        newest_allowed=99 # who names a Python may try one that is newer than the wheels
    else
        set -- python3 python3.13 python3.12 python3.11
    fi
    for python in "$@"; do
        if ! version=$(version_of "$python"); then
            [ -z "$asked_python" ] || seen="$python, which does not run"
            continue
        fi
        seen="${seen:+$seen, }$python (Python $version)"
        minor_fits "$version" "$newest_allowed" || continue
        can_make_venv "$python" && return
        [ -n "$lacks_venv" ] || lacks_venv=$python lacks_venv_version=$version
    done
    [ -n "$lacks_venv" ] || no_python
    case $lacks_venv in
        python3 | /usr/bin/python3) package=python3-venv ;;
        *) package=python$lacks_venv_version-venv ;;
    esac
    say "$lacks_venv (Python $lacks_venv_version) cannot make virtual environments: a package is missing."
    say "  sudo apt install $package"
    exit 1
}

# --- What is there ------------------------------------------------------------------------------

# Prints what the stamp of a finished venv must hold: first whatever calls for a new venv when it
# changes (place, kind, Python), last what calls for another `pip install`. Fails if its Python does.
wanted_stamp() {
    "$venv/bin/python" -c '
import hashlib, pathlib, sys
root, site, extras = sys.argv[1:]
project = pathlib.Path("pyproject.toml").read_bytes() + extras.encode()
version = "%d.%d" % sys.version_info[:2]
print(root, site, version, hashlib.sha256(project).hexdigest())
' "$PWD" "$site" "$extras" 2>/dev/null
}

remake=yes
if wanted=$(wanted_stamp); then
    have=$(cat "$stamp" 2>/dev/null) || have=
    made_with=${wanted% *}
    if [ -n "${PYTHON:-}" ] && [ "$(version_of "$PYTHON")" != "${made_with##* }" ]; then
        remake=yes
    elif [ "$have" = "$wanted" ] && [ -x "$venv/bin/inkwatch" ]; then
        exit 0
    elif [ "${have% *}" = "$made_with" ]; then
        remake=no
    fi
fi

# --- Making it ----------------------------------------------------------------------------------

install_failed() {
    say "The packages could not be installed; the lines above say why."
    say "If it was the network or the disk, mend that and give the same command again: it starts afresh."
    exit 1
}

if [ "$remake" = yes ]; then
    choose_python
    say "Making $venv with $python (Python $version) ..."
    rm -rf "$venv"
    # Without a stamp, whatever stops the script from here on leaves a venv that the next run makes anew.
    if [ "$site" = system ]; then
        "$python" -m venv --system-site-packages "$venv" >&2
    else
        "$python" -m venv "$venv" >&2
    fi
else
    say "pyproject.toml has changed: updating $venv ..."
    rm -f "$stamp"
fi

# A 32-bit system under a 64-bit kernel calls itself aarch64, and pyproject.toml's markers would pick
# packages that do not exist for it. linux32 makes it say armv8l, which only newer versions of pip know.
in_32_bit=''
if [ "$(uname -m)" = aarch64 ] &&
    [ "$("$venv/bin/python" -c 'import struct; print(8 * struct.calcsize("P"))')" = 32 ]; then
    in_32_bit=linux32
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'pip>=24.1' >&2 || install_failed
fi

project=. contents='what the device needs'
[ -z "$extras" ] || project=.[$extras] contents="the project with its extras $extras"
set -- --quiet --disable-pip-version-check --editable "$project"
if [ "$site" = system ]; then
    # picamera2 and libcamera were built against apt's NumPy: it stays, and the rest must fit it.
    # -I leaves out packages from the user's home, which would hide apt's.
    "$venv/bin/python" -I -c '
from importlib.metadata import PackageNotFoundError, version
try:
    print("numpy==" + version("numpy"))
except PackageNotFoundError:
    pass
' >"$venv/apt-constraints.txt"
    set -- "$@" --constraint "$venv/apt-constraints.txt"
fi

say "Installing $contents into $venv (once; later runs find it there) ..."
$in_32_bit "$venv/bin/python" -m pip install "$@" >&2 || install_failed
wanted_stamp >"$stamp.new"
mv "$stamp.new" "$stamp"
