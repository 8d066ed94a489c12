"""The example by which people learn what metrics do: vectors that are not normalised, under L2."""

import array
import json
import math
import random

from program import TOLERANCE, Program, check, embedded, hits, same, search
from servers import MILVUS_PORT, wait

COUNT, DIM = 1000, 512


def tutorial(lookalike, folder):
    """1,000 vectors of 512 values under L2 on `ivf_flat` in Milvus: distances are those computed
    here, and those of the embedded store; `compare-metrics` runs over them. Then they are taken over
    from Milvus as an earlier system's, and are the same to the last bit."""
    numbers = random.Random(7)
    vectors = [vector(numbers) for _ in range(COUNT)]
    bank = folder / "tutorial.npy"
    write_npy(bank, vectors)
    with open(bank.with_suffix(".jsonl"), "w") as lines:
        for index in range(COUNT):
            line = {"file_name": f"{index}.jpg", "attributes": {"category": f"c{index % 10}"}}
            lines.write(json.dumps(line) + "\n")
    program = Program(lookalike, folder / "tutorial")
    made = program.json("features", "import", bank, "--metric", "l2", "--index", "ivf_flat")
    check(made["imported"] == COUNT, f"imported {made}")
    program.serve()
    try:
        wait("Milvus to follow", lambda: not program.is_behind())
        stats = program.json("collections", "stats")
        stats = stats[0] if isinstance(stats, list) else stats
        check((stats["metric"], stats["index"]["kind"]) == ("l2", "ivf_flat"), f"stats {stats}")
        for item in numbers.sample(range(1, COUNT + 1), 10):
            answer = search(item, is_distance=True, exact=True)
            check(answer[0] == 200, f"search by {item}: {answer}")
            found = hits(answer[1]["data"])
            # Items are numbered from 1, in the bank's order.
            distances = {other + 1: math.dist(vectors[item - 1], vectors[other]) for other in range(COUNT)}
            nearest = sorted(distances, key=distances.get)[:20]
            check(sorted(found) == sorted(nearest), f"{item}: {found} and computed {nearest}")
            far = {one for one in found if abs(found[one] - distances[one]) > max(1, distances[one]) * TOLERANCE}
            check(not far, f"{item}: distances of {far} differ")
            same(found, embedded(program, item, is_distance=True), item)
    finally:
        program.end()
    compared = program.json("compare-metrics", "--sample", 50)
    check(compared, "metrics are compared")
    print("L2 tutorial: distances are those computed, and those of the embedded store")
    migration(lookalike, program, folder)


def migration(lookalike, program, folder):
    """What another system keeps in Milvus is taken over with its vectors."""
    taken = Program(lookalike, folder / "taken")
    source = f"milvus://127.0.0.1:{MILVUS_PORT}/lookalike_default"
    report = taken.json("migrate", source, milvus=False)
    check(report["imported"] == COUNT, f"migrated {report}")
    again = taken.json("migrate", source, milvus=False)
    check((again["imported"], again["skipped"]) == (0, COUNT), f"migrated again {again}")
    banks = []
    for one in (program, taken):
        bank = folder / f"{one.data.name}-bank.npy"
        one.run("features", "export", "-o", bank, milvus=False)
        rows = [json.loads(line) for line in open(bank.with_suffix(".jsonl"))]
        vectors = read_npy(bank)
        banks.append({row["file_name"]: vector for row, vector in zip(rows, vectors)})
    check(banks[0] == banks[1], "migrated vectors are the same to the last bit")
    print("migrated from Milvus: the same vectors to the last bit, and nothing twice")


def vector(numbers):
    """As float32 keeps it."""
    length = numbers.uniform(0.5, 20)
    return array.array("f", (numbers.gauss(0, 1) * length for _ in range(DIM)))


def write_npy(path, vectors):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(vectors)}, {DIM}), }}"
    header = header.ljust(117) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode())
        for one in vectors:
            file.write(one.tobytes())


def read_npy(path):
    data = path.read_bytes()
    start = 10 + int.from_bytes(data[8:10], "little")
    return [data[at:at + 4 * DIM] for at in range(start, len(data), 4 * DIM)]
