"""How well turned and mirrored sheets find the other sheets of their patent, by the poses asked in.

    python bench/poses/run.py GRANTS --lookalike target/release/lookalike --data DIR [--queries 60]

Imports the grants into DIR (or goes on with what is there), serves it, and asks with some of the
sheets: as they are, turned by 90, 180 and 270 degrees, and mirrored, saved as PNG, so that nothing
but the drawing tells which way up they are. The sheet itself is left out. Needs Pillow.
"""

import argparse
import io
import json
import random
import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from PIL import Image

WAYS = {
    "upright": lambda image: image,
    "turned_90": lambda image: image.transpose(Image.Transpose.ROTATE_270),
    "turned_180": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "turned_270": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


def main():
    arguments = parsed()
    run = [arguments.lookalike, "--data", arguments.data]
    grants = [*run, "import", arguments.grants, "--format", "json"]
    subprocess.run(grants, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([*run, "serve", "--listen", f"127.0.0.1:{arguments.port}"])
    try:
        measure(arguments)
    finally:
        server.terminate()
        server.wait()


def parsed():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("grants")
    parser.add_argument("--lookalike", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--poses", default="upright,auto,all")
    parser.add_argument("--port", type=int, default=18471)
    return parser.parse_args()


def measure(arguments):
    base = f"http://127.0.0.1:{arguments.port}"
    wait_for(base)
    sheets = sorted(Path(arguments.grants).rglob("*.[Tt][Ii][Ff]"))
    # D00000 is a copy of another sheet.
    sheets = [path for path in sheets if not re.search(r"D0+\.", path.name)]
    chosen = random.Random(7).sample(sheets, min(arguments.queries, len(sheets)))
    asked = arguments.poses.split(",")
    found = {(way, poses): 0 for way in WAYS for poses in asked}
    times = {poses: [] for poses in asked}
    for path in chosen:
        image = Image.open(path)
        if image.tag_v2.get(270, "").rstrip("\0").endswith(";L"):
            image = image.transpose(Image.Transpose.ROTATE_270)
        item = item_of(base, path.name)
        for way, turn in WAYS.items():
            png = io.BytesIO()
            turn(image.convert("L")).save(png, "PNG")
            for poses in asked:
                answer = search(base, png.getvalue(), poses, item["id"])
                hits = answer["results"][0]["patent_id"] if answer["results"] else None
                found[way, poses] += hits == item["patent_id"]
                times[poses].append(answer["timing"]["feature_extraction_ms"])
    print(f"| recall@1, {len(chosen)} queries | " + " | ".join(asked) + " |")
    print("|---" * (len(asked) + 1) + "|")
    for way in WAYS:
        cells = [f"{found[way, poses] / len(chosen):.3f}" for poses in asked]
        print(f"| {way} | " + " | ".join(cells) + " |")
    medians = [f"{sorted(times[poses])[len(times[poses]) // 2]:.0f}" for poses in asked]
    print("| embedding, ms, median | " + " | ".join(medians) + " |")


def wait_for(base):
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{base}/health/live")
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise SystemExit("the server does not answer")


def item_of(base, name):
    url = f"{base}/api/images?file_name={name}&page_size=1"
    return json.load(urllib.request.urlopen(url))["data"]["items"][0]


def search(base, png, poses, own):
    fields = {"poses": poses, "top_k": 1, "min_score": -1, "exclude_item_id": own}
    fields["history"] = "false"
    boundary = "sheet-of-a-patent"
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="sheet.png"\r\n\r\n'
    ).encode()
    body += png + f"\r\n--{boundary}--\r\n".encode()
    kind = {"content-type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(f"{base}/api/search", data=body, headers=kind)
    return json.load(urllib.request.urlopen(request))["data"]


if __name__ == "__main__":
    main()
