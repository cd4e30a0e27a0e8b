"""What reads, tried in a process of its own: a wrong kernel may crash it."""

import sys

from inkwatch.config.model import ReadingSection
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Machine, last_object
from inkwatch.doctor.setting import Setting

_TIMEOUT_S = 60.0
"""A Pi Zero 2 W with a cold card takes some 10 s."""

_PROBE = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
told = {"python": sys.version.split()[0]}
try:
    import numpy
    told["numpy"], told["numpy_at"] = numpy.__version__, numpy.__file__
    import cv2
    told["opencv"] = cv2.__version__
    from inkwatch.errors import InkwatchError
    try:
        from inkwatch.language.lexicon import find_lexicon, load_lexicon
        from inkwatch.reading import NO_LANGUAGE
        from inkwatch.recognise.bundle import DEFAULT_LINES, has_lines, load_bundle
        from inkwatch.recognise.card import LINES
        from inkwatch.recognise.classifier import Classifier
        from inkwatch.recognise.line_model import LineModel
        classifier = Classifier(load_bundle(sys.argv[1] or None))
        classifier.check_golden()
        told["bundles"] = classifier.bundle.name
        engine, lines, language = sys.argv[2:]
        if engine == "lines" or engine == "auto" and (lines or has_lines()):
            model = LineModel(load_bundle(lines or DEFAULT_LINES, LINES))
            model.check_golden()
            told["bundles"] += " and " + model.bundle.name
        if language != NO_LANGUAGE:
            load_lexicon(find_lexicon(language))
        told["runtime"] = classifier.runtime.name + " " + classifier.runtime.version
        told["xnnpack"] = bool(classifier.xnnpack)
    except InkwatchError as error:
        told["error"] = str(error)
except ImportError as error:
    told["error"] = str(error)
print(json.dumps(told))
"""


def check_model(machine: Machine, reading: ReadingSection, setting: Setting) -> list[Finding]:
    """Run the golden examples of the bundles in use, load the lexicon, look at the packages.

    Args:
        machine: where to run them.
        reading: the config's; it names the bundles and the language.
        setting: how Inkwatch is installed anew here.
    """
    wanted = (reading.model, reading.engine, reading.lines_model, reading.language)
    ran = machine.run((sys.executable, "-c", _PROBE, *wanted), _TIMEOUT_S)
    if ran is None or ran.code is None:
        message = f"The model does not answer within {_TIMEOUT_S:.0f} s."
        return [Finding("model", Grade.FAULT, message, setting.reinstall)]
    told = last_object(ran.out)
    if not told:
        how = f"signal {-ran.code}" if ran.code < 0 else f"code {ran.code}"
        message = f"The model's test ended with {how}: the runtime does not suit this processor."
        return [Finding("model", Grade.FAULT, message, setting.reinstall)]
    if "error" in told:
        return [Finding("model", Grade.FAULT, str(told["error"]), setting.reinstall)]
    return [_computes(told, setting), *_numpy(machine, told, setting)]


def _computes(told: dict[str, object], setting: Setting) -> Finding:
    computes = f"What is computed with {told.get('bundles')} is right"
    versions = (
        f"{told.get('runtime')}, Python {told.get('python')}, NumPy {told.get('numpy')}, "
        f"OpenCV {told.get('opencv')}"
    )
    if told.get("xnnpack"):
        return Finding("model", Grade.OK, f"{computes}: {versions}, XNNPACK.")
    return Finding(
        "model",
        Grade.NOTE,
        f"{computes} but slow, without XNNPACK: {versions}.",
        f"{setting.pip} install ai-edge-litert     # 64 bits only",
    )


def _numpy(machine: Machine, told: dict[str, object], setting: Setting) -> list[Finding]:
    """picamera2 is built against apt's NumPy, which one from pip hides."""
    has_picamera2 = machine.at("/usr/lib/python3/dist-packages/picamera2").exists()
    at = str(told.get("numpy_at", ""))
    if has_picamera2 and "/dist-packages/" not in at:
        return [
            Finding(
                "numpy",
                Grade.WARNING,
                f"NumPy {told.get('numpy')} from {at} hides apt's, which picamera2 is built for.",
                setting.reinstall,
            )
        ]
    return []
