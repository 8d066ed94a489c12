"""The libraries beside lookalike. Each is a module of this folder with

    build(params, vectors, threads, path)   an index of float32 [count, dim], read from its file
    save(index, path)                       writes what was built
    load(params, path)                      the same index, in another process
    searcher(index, effort, allowed, threads)
                                            a function from queries, float32 [count, dim], to ids,
                                            int64 [count, TOP_K], -1 where there is none

`effort` is the number of candidates of a graph or of lists visited, None for a scan; `allowed` says
of every id whether a filter keeps it, or is None. What is not possible raises `Impossible`.
"""


class Impossible(Exception):
    """The library lacks it: the text says what."""
