"""Source pictures to training inputs: windows, turns, and the damage that pictures meet.

Everything is done on batches of ink (1 - brightness), so that what lies outside of a picture is
white. All randomness comes from the generator that is passed in.
"""

import math

import torch
import torch.nn.functional as F

HEADER = 0.075
"""Share of a sheet's height that the office's line on top takes: number, date, "Sheet 2 of 7".
It is the same on all sheets of a patent, and learning to read it would be cheating."""


class Dice:
    """Random numbers for one batch."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def uniform(self, low, high, *shape):
        return low + (high - low) * torch.rand(*shape, generator=self.generator)

    def normal(self, *shape):
        return torch.randn(*shape, generator=self.generator)

    def chance(self, probability, count):
        return torch.rand(count, generator=self.generator) < probability

    def whole(self, high, *shape):
        return torch.randint(high, shape, generator=self.generator)


def windows(boxes, seen, dice):
    """Centre and side of the square to be seen, [n, 3], as shares of the source.

    `boxes` [n, 4] hold what is drawn; `seen` says how often the window is exactly the page, as the
    program sees it, and how often about the page. The rest are close-ups, and parts.
    """
    count = len(boxes)
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    side = torch.maximum(width, height).clamp(0.08, 1)
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    tight = torch.cat([centre, (side * dice.uniform(1.0, 1.7, count))[:, None]], dim=1)
    tight[:, :2] += dice.uniform(-0.12, 0.12, count, 2) * side[:, None]
    part = torch.cat([centre, (side * dice.uniform(0.55, 0.9, count))[:, None]], dim=1)
    part[:, :2] += dice.uniform(-0.22, 0.22, count, 2) * side[:, None]
    page = torch.cat([torch.full((count, 2), 0.5), dice.uniform(0.9, 1.1, count)[:, None]], dim=1)
    page[:, :2] += dice.uniform(-0.04, 0.04, count, 2)
    exactly = torch.tensor([0.5, 0.5, 1.0]).expand(count, 3)
    kind = dice.uniform(0, 1, count)
    about = seen["exactly"] + seen["about"]
    bounds = [seen["exactly"], about, about + 0.6 * (1 - about)]
    chosen = part.clone()
    for bound, window in zip(reversed(bounds), (tight, page, exactly)):
        chosen = torch.where((kind < bound)[:, None], window, chosen)
    return chosen


def turns(count, strength, dice):
    """Angles in radians: mostly none or slight, sometimes a quarter, sometimes any up to 30 degrees."""
    kind = dice.uniform(0, 1, count)
    angle = torch.where(kind < 0.45 * strength, 0.04 * dice.normal(count), torch.zeros(count))
    angle = torch.where(kind > 1 - 0.14 * strength, dice.uniform(-math.pi / 6, math.pi / 6, count), angle)
    quarter = (dice.whole(3, count) + 1) * (math.pi / 2)
    return torch.where((kind > 1 - 0.24 * strength) & (kind <= 1 - 0.14 * strength), quarter, angle)


def look(levels, rows, window, angle, stretch, flip, side):
    """Reads the windows out of an image pyramid: [n, channels, side, side] of ink.

    `levels` are arrays [all, channels, s, s] of 8-bit brightness, largest first; each picture is
    taken from the smallest level that is not coarser than needed.
    """
    out = torch.empty(len(rows), levels[0].shape[1], side, side)
    needed = 0.8 * side / window[:, 2]
    level_of = torch.zeros(len(rows), dtype=torch.long)
    for number, level in enumerate(levels):
        level_of[level.shape[-1] >= needed] = number
    for number, level in enumerate(levels):
        members = (level_of == number).nonzero().flatten()
        if len(members) == 0:
            continue
        source = 1 - torch.from_numpy(level[rows[members].numpy()]).float() / 255
        if source.shape[1] == 1:
            source = without_header(source, members)
        half = window[members, 2]
        sine, cosine = angle[members].sin() * half, angle[members].cos() * half
        x = cosine * stretch[members] * flip[members], -sine
        y = sine * stretch[members] * flip[members], cosine
        offset = window[members, :2] * 2 - 1
        theta = torch.stack(
            [torch.stack([*x, offset[:, 0]], 1), torch.stack([*y, offset[:, 1]], 1)], 1
        )
        grid = F.affine_grid(theta, [len(members), 1, side, side], align_corners=False)
        out[members] = F.grid_sample(source, grid, align_corners=False)
    return out


def without_header(ink, order):
    """Takes the header away from two sheets in three, and puts another's on the third."""
    band = int(HEADER * ink.shape[-1])
    strip = ink[:, :, :band]
    other = strip.roll(1, 0)
    keep = (order % 3 == 0)[:, None, None, None]
    return torch.cat([torch.where(keep, other, torch.zeros(())), ink[:, :, band:]], dim=2)


def some(pictures, probability, dice, change):
    """Changes a random share of the pictures."""
    members = dice.chance(probability, len(pictures)).nonzero().flatten()
    if len(members):
        pictures[members] = change(pictures[members])


def per_picture(low, high, count, dice):
    return dice.uniform(low, high, count, 1, 1, 1)


def thicker(ink):
    return F.max_pool2d(ink, 3, 1, 1)


def fainter(ink, dice):
    """Line widths below a pixel are shades: stronger, weaker, harder, softer."""
    count = len(ink)
    strength = torch.exp2(per_picture(-0.4, 1.5, count, dice))
    hardness = torch.exp2(per_picture(-1.0, 0.4, count, dice))
    return (ink.clamp(0, 1) ** hardness * strength).clamp(0, 1)


def blurred(ink):
    return F.avg_pool2d(ink, 3, 1, 1, count_include_pad=False)


def noisy(ink, dice):
    level = per_picture(0.01, 0.12, len(ink), dice)
    return ink + level * torch.randn(len(ink), 1, *ink.shape[2:], generator=dice.generator)


def speckled(ink, dice):
    share = per_picture(0.001, 0.03, len(ink), dice)
    at = dice.uniform(0, 1, len(ink), 1, *ink.shape[2:])
    ink = torch.where(at < share, torch.ones(()), ink)
    return torch.where(at > 1 - share, torch.zeros(()), ink)


def bayer(order):
    matrix = torch.zeros(1, 1)
    for _ in range(order):
        matrix = torch.cat(
            [torch.cat([4 * matrix, 4 * matrix + 2], 1), torch.cat([4 * matrix + 3, 4 * matrix + 1], 1)]
        )
    return (matrix + 0.5) / matrix.numel()


def half_toned(ink):
    side = ink.shape[-1]
    screen = bayer(2)
    screen = screen.repeat(side // 4 + 1, side // 4 + 1)[:side, :side]
    return (ink.mean(1, keepdim=True) > screen).float().expand_as(ink)


def bilevel(ink, dice):
    cut = per_picture(0.15, 0.5, len(ink), dice)
    return (ink.mean(1, keepdim=True) > cut).float().expand_as(ink)


def hatched(ink, dice):
    """Parallel lines over an ellipse."""
    count, side = len(ink), ink.shape[-1]
    line = torch.linspace(-1, 1, side)
    y, x = line.view(1, side, 1), line.view(1, 1, side)
    middle = dice.uniform(-0.5, 0.5, count, 2)
    reach = dice.uniform(0.1, 0.5, count, 2)
    inside = ((x - middle[:, :1, None]) / reach[:, :1, None]) ** 2 + (
        (y - middle[:, 1:, None]) / reach[:, 1:, None]
    ) ** 2 < 1
    angle = dice.uniform(0, math.pi, count, 1, 1)
    pitch = dice.uniform(20, 60, count, 1, 1)
    wave = ((x * angle.cos() + y * angle.sin()) * pitch).sin() > 0.6
    strength = dice.uniform(0.3, 1, count, 1, 1)
    return torch.maximum(ink, ((inside & wave) * strength)[:, None])


def erased(ink, dice):
    """A rectangle goes missing: white, or a flat shade."""
    count, side = len(ink), ink.shape[-1]
    line = (torch.arange(side) + 0.5) / side
    size = dice.uniform(0.1, 0.4, count, 2)
    start = dice.uniform(0, 1, count, 2) * (1 - size)
    x = (line >= start[:, :1]) & (line < start[:, :1] + size[:, :1])
    y = (line >= start[:, 1:]) & (line < start[:, 1:] + size[:, 1:])
    hole = (y[:, None, :, None] & x[:, None, None, :])
    shade = torch.where(dice.chance(0.7, count), torch.zeros(count), dice.uniform(0, 1, count))
    return torch.where(hole, shade.view(-1, 1, 1, 1), ink)


def backed(ink, dice):
    """Paper that is not white: a tint and a slope of light."""
    count, side = len(ink), ink.shape[-1]
    line = torch.linspace(-1, 1, side)
    slope = dice.uniform(-0.25, 0.25, count, 2)
    light = slope[:, :1, None] * line.view(1, 1, -1) + slope[:, 1:, None] * line.view(1, -1, 1)
    tint = dice.uniform(0, 0.5, count, 3, 1, 1)
    ground = (tint + light[:, None]).clamp(0, 0.8)
    return ground + (1 - ground) * ink


def cosine_transform():
    n = torch.arange(8)
    matrix = torch.cos(math.pi / 8 * (n[None] + 0.5) * n[:, None]) * 0.5
    matrix[0] *= 0.5**0.5
    return matrix


def jpeg_damaged(ink, dice):
    """Block cosines rounded the way JPEG rounds them (ITU-T T.81, table K.1 roughly: coarser with
    frequency), without its colour."""
    count, channels, side, _ = ink.shape
    whole = side // 8 * 8
    blocks = ink[..., :whole, :whole].reshape(count, channels, whole // 8, 8, whole // 8, 8)
    transform = cosine_transform()
    n = torch.arange(8)
    step = (16 + 12 * (n[:, None] + n[None])) / 255
    step = step[None, None, None, :, None, :] * torch.exp2(per_picture(-1, 2.3, count, dice))[..., None, None]
    frequencies = torch.einsum("ij,bcyjxk,lk->bcyixl", transform, blocks, transform)
    frequencies = (frequencies / step).round() * step
    blocks = torch.einsum("ji,bcyjxk,kl->bcyixl", transform, frequencies, transform)
    ink = ink.clone()
    ink[..., :whole, :whole] = blocks.reshape(count, channels, whole, whole)
    return ink


def edges(ink):
    """A photo's outlines, as a drawing would have them."""
    grey = blurred(ink).mean(1, keepdim=True)
    dx = F.pad(grey[..., 1:] - grey[..., :-1], (0, 1))
    dy = F.pad(grey[..., 1:, :] - grey[..., :-1, :], (0, 0, 0, 1))
    strength = (dx.square() + dy.square()).sqrt()
    strength = strength / strength.amax((2, 3), keepdim=True).clamp(min=1e-3)
    return (strength * 2).clamp(0, 1).expand_as(ink)


def coloured(ink, dice):
    """Other light and other colours."""
    count = len(ink)
    gain = dice.uniform(0.65, 1.35, count, 3, 1, 1)
    lift = dice.uniform(-0.15, 0.15, count, 3, 1, 1)
    ink = ink * gain + lift
    turned = ink[:, dice.whole(3, 3)] if dice.chance(0.2, 1) else ink
    return turned


def grey(ink):
    return ink.mean(1, keepdim=True).expand_as(ink)


def damage(ink, dice, strength):
    """What happens to pictures of every kind; `strength` scales how often."""
    some(ink, 0.12 * strength, dice, lambda p: hatched(p, dice))
    some(ink, 0.2 * strength, dice, lambda p: erased(p, dice))
    some(ink, 0.12 * strength, dice, blurred)
    some(ink, 0.15 * strength, dice, lambda p: noisy(p, dice))
    some(ink, 0.08 * strength, dice, lambda p: speckled(p, dice))
    some(ink, 0.06 * strength, dice, half_toned)
    some(ink, 0.06 * strength, dice, lambda p: bilevel(p, dice))
    some(ink, 0.12 * strength, dice, lambda p: jpeg_damaged(p, dice))
    some(ink, 0.02 * strength, dice, lambda p: 1 - p)
    ink = ink.clamp(0, 1).expand(-1, 3, -1, -1).contiguous()
    some(ink, 0.12 * strength, dice, lambda p: backed(p, dice))
    return ink


def drawings(levels, boxes, rows, side, seen, strength, dice):
    """Sheets as brightness [n, 3, side, side]."""
    count = len(rows)
    stretch = torch.exp2(torch.where(dice.chance(0.3 * strength, count), 0.12 * dice.normal(count), torch.zeros(count)))
    flip = torch.where(dice.chance(0.08 * strength, count), -torch.ones(count), torch.ones(count))
    ink = look(levels, rows, windows(boxes[rows], seen, dice), turns(count, strength, dice), stretch, flip, side)
    some(ink, 0.2 * strength, dice, thicker)
    some(ink, 0.5 * strength, dice, lambda p: fainter(p, dice))
    return 1 - damage(ink, dice, strength)


def photos(levels, boxes, rows, side, seen, strength, dice):
    """Coloured pictures as brightness [n, 3, side, side]."""
    count = len(rows)
    stretch = torch.exp2(torch.where(dice.chance(0.3 * strength, count), 0.12 * dice.normal(count), torch.zeros(count)))
    flip = torch.where(dice.chance(0.15 * strength, count), -torch.ones(count), torch.ones(count))
    ink = look(levels, rows, windows(boxes[rows], seen, dice), turns(count, strength, dice), stretch, flip, side)
    some(ink, 0.6, dice, lambda p: coloured(p, dice))
    some(ink, 0.25, dice, grey)
    some(ink, 0.2, dice, edges)
    return 1 - damage(ink, dice, strength)
