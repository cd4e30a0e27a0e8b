"""Runs RapidOCR over pictures; started by `tools.bench.peers` with the Python of .venv-peers.

Takes paths on stdin, one a line; gives one JSON object a line: `text` and `seconds`. It uses one
thread, and does not look whether lines stand upside down. No part of Inkwatch is imported here.
"""

import json
import sys
import time

from rapidocr import RapidOCR


def main() -> None:
    """Read every picture that stdin names."""
    one_thread = {"intra_op_num_threads": 1, "inter_op_num_threads": 1}
    engine = RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "error",
            **{f"EngineConfig.onnxruntime.{key}": value for key, value in one_thread.items()},
        }
    )
    for line in sys.stdin:
        start = time.perf_counter()
        result = engine(line.rstrip("\n"))
        seconds = time.perf_counter() - start
        text = "\n".join(result.txts or ())
        print(json.dumps({"text": text, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
