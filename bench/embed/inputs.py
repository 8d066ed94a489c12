"""What a case's model is fed."""

import dataclasses

import pictures
import texts


def of(case, count=None, first=0):
    """Pixels, float32 [batch, 3, size, size], or tokens, int64 [batch, size]; of `count` inputs from
    the `first` on, unless of the case's own."""
    case = dataclasses.replace(case, batch=count or case.batch)
    if case.is_text:
        return texts.tokens(case, first)
    return pictures.normalised(pictures.files(case.size, case.batch, first), case.folder)
