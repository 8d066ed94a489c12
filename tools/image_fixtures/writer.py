"""A TIFF writer for what no library writes, and bytes to put into it."""

import io
import struct

from PIL import Image

SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 3, 4, 5, 7, 16


def tiff(tags, chunks, order="<", big=False, next_ifd=0, offsets_tag=273, counts_tag=279):
    """A TIFF of one page: {tag: (type, values)}; offsets and counts are added.

    `counts_tag=None` leaves the byte counts out.
    """
    mark = b"II" if order == "<" else b"MM"
    start = mark + (struct.pack(order + "HHHQ", 43, 8, 0, 16) if big
                    else struct.pack(order + "HI", 42, 8))
    tags = dict(tags)
    wide = LONG8 if big else LONG
    if offsets_tag:
        tags[offsets_tag] = (wide, [0] * len(chunks))
    if counts_tag:
        tags[counts_tag] = (wide, [len(chunk) for chunk in chunks])
    inline, entry, head = (8, 20, 8) if big else (4, 12, 2)
    codes = {SHORT: "H", LONG: "I", RATIONAL: "II", UNDEFINED: "B", LONG8: "Q", 1: "B"}

    def pack(kind, values):
        return b"".join(struct.pack(order + codes[kind], *(v if kind == RATIONAL else (v,)))
                        for v in values)

    def layout(offsets):
        if offsets_tag:
            tags[offsets_tag] = (wide, offsets)
        extra_at = len(start) + head + entry * len(tags) + inline
        directory, extra = b"", b""
        for tag in sorted(tags):
            kind, values = tags[tag]
            data = pack(kind, values)
            directory += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, len(values))
            if len(data) <= inline:
                directory += data.ljust(inline, b"\0")
            else:
                directory += struct.pack(order + ("Q" if big else "I"), extra_at + len(extra))
                extra += data + b"\0" * (len(data) % 2)
        count = struct.pack(order + ("Q" if big else "H"), len(tags))
        return (start + count + directory
                + struct.pack(order + ("Q" if big else "I"), next_ifd) + extra)

    at = len(layout([0] * len(chunks)))
    offsets = []
    for chunk in chunks:
        offsets.append(at)
        at += len(chunk)
    return layout(offsets) + b"".join(chunks)


def basic(width, height, bits, photometric, compression=1, rows=None, **more):
    tags = {
        256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, list(bits)),
        259: (SHORT, [compression]), 262: (SHORT, [photometric]),
        277: (SHORT, [len(bits)]), 278: (LONG, [rows or height]),
    }
    tags.update({int(tag[1:]): value for tag, value in more.items()})
    return tags


def without(tags, *names):
    return {tag: value for tag, value in tags.items() if tag not in names}


def strip_of(image, compression, **tiffinfo):
    """The compressed bytes that libtiff makes of a picture, and its tags."""
    file = io.BytesIO()
    info = {int(tag[1:]): value for tag, value in tiffinfo.items()}
    info[278] = image.height
    image.save(file, "TIFF", compression=compression, tiffinfo=info)
    data = file.getvalue()
    with Image.open(io.BytesIO(data)) as saved:
        tags = saved.tag_v2
        assert len(tags[273]) == 1, "one strip expected"
        return data[tags[273][0]:tags[273][0] + tags[279][0]], dict(tags)


def lzw(data):
    """LZW data of bytes, through libtiff."""
    return strip_of(Image.frombytes("L", (len(data), 1), data), "tiff_lzw")[0]


def packbits(data):
    out, at = b"", 0
    while at < len(data):
        run = 1
        while at + run < len(data) and run < 128 and data[at + run] == data[at]:
            run += 1
        if run > 1:
            out += bytes([257 - run, data[at]])
        else:
            end = at + 1
            while (end < len(data) and end - at < 128
                   and not (end + 1 < len(data) and data[end] == data[end + 1])):
                end += 1
            run = end - at
            out += bytes([run - 1]) + data[at:end]
        at += run
    return out


def reversed_bits(data):
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)


def difference(samples, dtype):
    """Horizontal differencing of rows x columns x samples."""
    samples = samples.astype(dtype)
    samples[:, 1:] = samples[:, 1:] - samples[:, :-1]
    return samples


def packed_rows(samples, bits):
    """Rows x columns of small numbers to packed bytes, each row on a byte boundary."""
    rows = []
    for row in samples:
        text = "".join(f"{int(value):0{bits}b}" for value in row)
        text += "0" * (-len(text) % 8)
        rows.append(int(text, 2).to_bytes(len(text) // 8, "big"))
    return rows


def jpeg_stream(image, adobe=False, **options):
    """A JPEG stream, by default without the marker that tells its colours."""
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    data, out, at = file.getvalue(), b"\xff\xd8", 2
    while data[at + 1] != 0xDA:
        size = 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if adobe or data[at + 1] not in (0xE0, 0xEE):
            out += data[at:at + size]
        at += size
    return out + data[at:]
