"""One case: all contenders, round by round, so that a slow spell of the machine falls on all."""

import statistics
import sys
import time
from contextlib import contextmanager

import numpy as np

from contenders import REFERENCE, Contender
from participants import Absent, Command, Worker

# Threads that wait for work by spinning have gone to sleep by then.
PAUSE_SECONDS = 0.2
# A turn takes about this long and at least one run: 16 s a pass is not run five times.
TURN_SECONDS = 2.0


def measure(case, contenders, options):
    """A row for each contender: {name, note} and {ms_per_image, rounds_ms_per_image, cosine}, or
    {name, absent}."""
    at_work, rows = {}, {contender.name: {"name": contender.name} for contender in contenders}
    try:
        for contender in contenders:
            say(f"{case}: loading {contender.name}")
            try:
                at_work[contender.name] = start(contender, case, options)
            except Absent as reason:
                rows[contender.name]["absent"] = str(reason)
        compare(case, at_work, rows, options)
        take_turns(case, at_work, rows, options)
    finally:
        for participant in at_work.values():
            participant.close()
    return list(rows.values())


def start(contender, case, options):
    if contender.module is None:
        return Command(contender, case, options.threads, options.lookalike)
    return Worker(contender, case, options.threads)


def compare(case, at_work, rows, options):
    """Cosines to PyTorch in f32 on the same pixels: the lowest of the batch."""
    say(f"{case}: comparing embeddings")
    reference = at_work.get(REFERENCE)
    try:
        reference = reference or Worker(
            Contender(REFERENCE, "pytorch", {"precision": "f32"}), case, options.threads
        )
        expected = unit(reference.embeddings())
    except Absent as reason:
        say(f"no cosines: {REFERENCE}: {reason}")
        return
    finally:
        if reference and REFERENCE not in at_work:
            reference.close()
    for name in list(at_work):
        with leaving(name, at_work, rows):
            cosines = np.sum(unit(at_work[name].embeddings()) * expected, axis=1)
            rows[name]["cosine"] = float(cosines.min())


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def take_turns(case, at_work, rows, options):
    names = list(at_work)
    runs = {name: runs_in_a_turn(at_work[name].pass_ms, options.runs) for name in names}
    passes = {name: [] for name in names}
    for number in range(options.rounds):
        say(f"{case}: round {number + 1} of {options.rounds}")
        # Nobody always follows the same one.
        for name in names[number % len(names) :] + names[: number % len(names)]:
            if name not in at_work:
                continue
            time.sleep(PAUSE_SECONDS)
            with leaving(name, at_work, rows):
                passes[name].append(at_work[name].median_ms(runs[name]))
    for name in at_work:
        times = [median_ms / case.batch for median_ms in passes[name]]
        rows[name] |= {
            "note": at_work[name].note,
            "ms_per_image": statistics.median(times),
            "rounds_ms_per_image": times,
            "runs_a_round": runs[name],
        }


@contextmanager
def leaving(name, at_work, rows):
    """One that fails in the middle is absent from there on."""
    try:
        yield
    except Absent as reason:
        rows[name] = {"name": name, "absent": str(reason)}
        at_work.pop(name).close()


def runs_in_a_turn(pass_ms, most):
    """Odd: the median of an even number is not the same thing to everyone."""
    fitting = int(TURN_SECONDS * 1e3 / pass_ms)
    runs = max(1, min(most, fitting))
    return runs - 1 + runs % 2


def say(text):
    print(text, file=sys.stderr, flush=True)
