"""A journey: what users see while Milvus comes and goes."""

import shutil

from program import Program, api, check, compare, hits, images, search
from servers import wait


def journey(lookalike, milvus, folder, kills, instants):
    """Imports synthetic patents and compares answers with the embedded store's; deletes an image;
    kills Milvus, which searches say with 503 and Retry-After and /health with `degraded`, and
    imports meanwhile; starts Milvus again, and nobody does anything: everything is found again,
    and `doctor` finds nothing wrong. Then an emptied Milvus is filled by `rebuild-index`."""
    program = Program(lookalike, folder / "journey")
    for name, seed in [("first", 1), ("second", 2)]:
        program.run("synth", "--out", folder / name, "--patents", 12, "--seed", seed)
    print(f"imported {program.json('import', folder / 'first')['imported']}")
    stats = program.json("collections", "stats")
    stats = stats[0] if isinstance(stats, list) else stats
    check(stats["index"]["kind"] == "ivf_flat", f"index {stats['index']}")
    program.serve()
    try:
        items = [one["id"] for one in images()]
        patents = [one["patent_id"] for one in images()]
        sample = instants.sample(items, min(5, len(items)))
        compare(program, sample)
        compare(program, sample[:2], exclude_patent_id=patents[0])
        compare(program, sample[:2], country="US")
        print("answers are those of the embedded store, with filters and without")

        gone = sample.pop()
        check(api(f"/api/images/{gone}", "DELETE")[0] == 200, "an image can be deleted")
        check(gone not in hits(search(sample[0], top_k=500)[1]["data"]), "the deleted one is gone at once")
        wait("Milvus to follow", lambda: not program.is_behind())

        for number in range(kills):
            seconds = killed(milvus, folder, sample[0], instants)
            print(f"kill {number + 1}: answers again {seconds:.1f} s after Milvus does")
            compare(program, sample)
        check(len(images()) > len(items), "what was imported without Milvus is there")
        wait("Milvus to follow", lambda: not program.is_behind())
    finally:
        program.end()
    program.doctor()
    milvus.kill()
    shutil.rmtree(milvus.folder)
    milvus.start()
    program.run("collections", "rebuild-index", "default")
    program.doctor()
    print("an emptied Milvus was filled again")


def killed(milvus, folder, item, instants):
    """Kills Milvus at some instant, imports, and starts it again; returns how long nobody was answered."""
    wait("an instant", lambda: instants.random() < 0.2)
    milvus.kill()
    status, answer, headers = search(item)
    check(status == 503 and headers.get("retry-after"), f"{status} {answer}: 503 with Retry-After")
    health = api("/health")[1]
    check(health["status"] == "degraded", f"health {health}")
    check(health["components"]["milvus"]["status"] == "error", f"health {health}")
    status, answer, _ = api("/api/batch/start", "POST", {"path": str(folder / "second")})
    check(status in (200, 202), f"an import starts without Milvus: {status} {answer}")
    wait("the import", lambda: api("/api/batch/status")[1]["data"]["status"] == "completed", 300)
    milvus.start()
    seconds = wait("health", lambda: api("/health")[1]["status"] == "ok", 120)
    return seconds + wait("searches", lambda: search(item)[0] == 200, 120)
