#!/bin/sh
# Installs the readers that `make bench` compares Inkwatch with: RapidOCR and Tesseract.
#
#   sh tools/bench/peers.sh FOLDER
#
# FOLDER   .venv-peers, in the project's root: an environment of RapidOCR's own
#
# Tesseract comes with apt where that may be used; else the command is told. What is there already
# is not installed again.
set -eu

cd "$(dirname "$0")/../.."
venv=$1
rapidocr=3.10.0 # brings PP-OCRv6's small models along

say() { printf '%s\n' "$*" >&2; }

installed() { "$venv/bin/python" -c 'from importlib.metadata import version; print(version("rapidocr"))' 2>/dev/null; }

if [ "$(installed)" != "$rapidocr" ]; then
    say "Installing RapidOCR $rapidocr into $venv ..."
    rm -rf "$venv"
    "${PYTHON:-python3}" -m venv "$venv" >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        "rapidocr==$rapidocr" onnxruntime opencv-python-headless >&2
fi

if ! command -v tesseract >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing Tesseract ..."
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >&2
        apt-get install -qq --yes --no-install-recommends tesseract-ocr tesseract-ocr-eng >/dev/null
    else
        say "Tesseract is left out. Install it: sudo apt install tesseract-ocr"
    fi
fi
