"""The loss: supervised contrastive with graded relevance.

For every picture the others of the batch are ranked by cosine; the loss is the cross-entropy
between that ranking's softmax and what is relevant: pictures of the same design fully, pictures of
a near design a little, the less the further it was nudged (Khosla et al., "Supervised Contrastive
Learning", 2020, with soft targets instead of equal ones).
"""

import torch
import torch.nn.functional as F

TEMPERATURE = 0.07
NEAR = 0.15
"""Relevance of a picture of a near design before the nudge is taken off."""


def relevance(design, origin, nudge):
    """[n, n] in [0, 1] from the designs' numbers, the numbers of the designs that they were made
    from, and how far they were moved from there."""
    same = design[:, None] == design[None]
    related = origin[:, None] == origin[None]
    apart = torch.maximum(nudge[:, None], nudge[None])
    grades = torch.where(related, NEAR * (1 - 0.5 * apart), torch.zeros(()))
    grades = torch.where(same, torch.ones(()), grades)
    return grades.fill_diagonal_(0)


def loss(embeddings, grades):
    """Mean over the pictures; `embeddings` [n, dim] are class tokens as the network gives them."""
    unit = F.normalize(embeddings.float(), dim=1)
    logits = unit @ unit.T / TEMPERATURE
    logits = logits.masked_fill(torch.eye(len(unit), dtype=torch.bool, device=unit.device), -1e4)
    target = grades / grades.sum(1, keepdim=True)
    return -(target * logits.log_softmax(1)).sum(1).mean()
