#!/usr/bin/env python3
"""Runs the suite of vector stores, and journeys through the program, over a Milvus (and where they
need it a server that speaks S3) that it starts, kills and ends.

    tools/stores/run.py --milvus MILVUS-SERVER --seaweedfs WEED --lookalike LOOKALIKE --suite TEST [PART..]

Parts: suite, journey, tutorial, clients, faults; all of them unless named.
"""

import argparse
import os
import random
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from clients import clients
from faults import faults
from journey import journey
from servers import MILVUS_PORT, Milvus, SeaweedFs
from tutorial import tutorial

PARTS = ["suite", "journey", "tutorial", "clients", "faults"]


def run(part, arguments, milvus, s3, folder):
    instants = random.Random(arguments.seed)
    if part == "suite":
        address = {"LOOKALIKE_TEST_MILVUS": f"127.0.0.1:{MILVUS_PORT}"}
        subprocess.run([arguments.suite, "--nocapture"], env={**os.environ, **address}, check=True)
    elif part == "journey":
        journey(arguments.lookalike, milvus, folder, arguments.kills, instants)
    elif part == "tutorial":
        tutorial(arguments.lookalike, folder)
    elif part == "clients":
        clients(arguments.lookalike, s3, folder)
    else:
        faults(arguments.lookalike, milvus, s3, folder, arguments.events, instants)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--milvus", required=True)
    parser.add_argument("--seaweedfs", required=True)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--lookalike", required=True)
    parser.add_argument("--kills", type=int, default=3, help="of the journey")
    parser.add_argument("--events", type=int, default=50, help="of the faults")
    parser.add_argument("--seed", type=int, default=1, help="of what happens when")
    arguments = parser.parse_args()
    for part in arguments.parts or PARTS:
        # A folder and servers for each: none finds what another left.
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            milvus = Milvus(arguments.milvus, folder / "milvus-data")
            s3 = SeaweedFs(arguments.seaweedfs, folder / "s3-data")
            began = time.time()
            try:
                milvus.start()
                if part in ("clients", "faults"):
                    s3.start()
                run(part, arguments, milvus, s3, folder)
            finally:
                milvus.kill(signal.SIGTERM)
                s3.kill(signal.SIGTERM)
            print(f"{part}: {time.time() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
