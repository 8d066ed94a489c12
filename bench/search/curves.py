"""Queries a second at a recall that was not measured itself."""

import math


def points(result, share=1.0, batch=1):
    """(recall, qps) of a contender's rows, by growing recall, without those that another row beats
    in both."""
    rows = [row for row in result.get("rows", []) if (row["keep"], row["batch"]) == (share, batch)]
    best = []
    for row in sorted(rows, key=lambda row: (row["recall_at_k"], row["qps"])):
        while best and best[-1][1] <= row["qps"]:
            best.pop()
        best.append((row["recall_at_k"], row["qps"]))
    return best


def qps_at(recall, curve):
    """Between two points the logarithm of qps is a line over recall. None where the curve ends
    below; where it begins above, its first point: `begins_above` tells, then it would be more."""
    if not curve or curve[-1][0] < recall:
        return None
    above = next(index for index, (reached, _) in enumerate(curve) if reached >= recall)
    if above == 0:
        return curve[0][1]
    (low, low_qps), (high, high_qps) = curve[above - 1], curve[above]
    weight = (recall - low) / (high - low)
    return math.exp((1 - weight) * math.log(low_qps) + weight * math.log(high_qps))


def begins_above(recall, curve):
    return bool(curve) and curve[0][0] > recall
