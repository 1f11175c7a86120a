"""Run programs one after another in this process, as `lanthorn run` does, and say how each went.

python run_all.py ENGINE PROGRAM …      one line of JSON for each: its name, the seconds it took, and the error or null
"""

import contextlib
import io
import json
import sys
import time
import traceback
import warnings

import lanthorn
from lanthorn import config, run

if __name__ == "__main__":
    engine, *programs = sys.argv[1:]
    warnings.simplefilter("ignore")
    order = config.image_data_format()
    for path in programs:
        start, error = time.perf_counter(), None
        config.set_image_data_format(order)
        lanthorn.utils.clear_session()
        lanthorn.utils.set_random_seed(0)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                run.program(path, [], engine)
        except BaseException:
            error = traceback.format_exc()
        print(json.dumps([path, round(time.perf_counter() - start, 2), error]), flush=True)
