"""Where the Python pipeline keeps its rows: Milvus Lite, with the schema of such systems."""

import time
from datetime import datetime

from pymilvus import DataType, MilvusClient

NAME = "design_patents"
# Rows in one insert.
BATCH = 100
TEXTS = {
    "file_name": 256,
    "md5": 32,
    "patent_id": 64,
    "page_num": 16,
    "file_path": 512,
    "title": 256,
    "loc_class": 32,
    "applicant_name": 256,
}


class Store:
    def __init__(self, path, dim):
        self._client = MilvusClient(str(path))
        schema = MilvusClient.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("image_index", DataType.INT16)
        schema.add_field("created_at", DataType.INT64)
        for name, length in TEXTS.items():
            schema.add_field(name, DataType.VARCHAR, max_length=length)
        schema.add_field("embedding", DataType.FLOAT_VECTOR, dim=dim)
        index = self._client.prepare_index_params()
        how = {"index_type": "IVF_FLAT", "metric_type": "COSINE", "params": {"nlist": 128}}
        index.add_index("embedding", **how)
        self._client.create_collection(NAME, schema=schema, index_params=index)
        self._rows = []
        self._next = int(datetime.now().timestamp() * 1e3)

    def add(self, file, fields, md5, image_index, embedding):
        """Keeps a row; inserts when there are enough."""
        self._next += 1
        patent, _, page = file.stem.split("-")
        row = {
            "id": self._next,
            "image_index": image_index,
            "created_at": int(time.time()),
            "file_name": file.name,
            "md5": md5,
            "patent_id": patent,
            "page_num": page,
            "file_path": str(file),
            **fields,
            "embedding": embedding.tolist(),
        }
        limits = TEXTS.items()
        self._rows.append(row | {name: row[name][:length] for name, length in limits})
        if len(self._rows) == BATCH:
            self._insert()

    def finish(self):
        """Inserts what is left, and waits until it is on the disk."""
        self._insert()
        self._client.flush(NAME)

    def embeddings(self):
        """{md5: vector}, as stored."""
        # 16,384 is the most that Milvus gives in one answer; samples are far smaller.
        rows = self._client.query(
            NAME, filter="id >= 0", output_fields=["md5", "embedding"], limit=16384
        )
        return {row["md5"]: row["embedding"] for row in rows}

    def _insert(self):
        if self._rows:
            self._client.insert(NAME, self._rows)
        self._rows = []
