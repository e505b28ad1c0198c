"""How far each patch of an image is from the patches of other images."""

import numpy as np

from hardrare.numerics.blocks import each_block
from hardrare.numerics.farthest import farthest_first

POOL = 5  # times as many patches as are remembered: of these the core-set is chosen
SEED = 0


def patch_distances(patches: np.ndarray, memory: int) -> np.ndarray:
    """The distance of each patch to the nearest remembered one of another image.

    d_ip = min_(m in M, m not of i) norm(z_ip - z_m), z the features of patches, M a core-set of
    all of them (PatchCore: Roth et al., CVPR 2022, arXiv:2106.08265, who remember those of images
    known to be in order; here the images are each other's memory). All are remembered where they
    are few enough; else the core-set is chosen from POOL times as many, drawn by chance.

    Args:
        patches: (N, P, D).
        memory: patches that are remembered, at most.

    Returns:
        (N, P) float32, 0 upwards; 0 where there is no other image to compare with.
    """
    count, each, width = patches.shape
    flat = patches.reshape(count * each, width)
    chosen = _memory(flat, memory)
    owner, kept = chosen // each, flat[chosen].astype(np.float32)
    square, distance = np.einsum("md,md->m", kept, kept), np.zeros((count, each), np.float32)

    def work(block: slice) -> None:
        own = patches[block].reshape(-1, width).astype(np.float32)
        image = np.repeat(np.arange(block.start, block.stop), each)
        apart = square - 2 * (own @ kept.T) + np.einsum("pd,pd->p", own, own)[:, None]
        apart[image[:, None] == owner] = np.inf
        nearest = np.sqrt(np.maximum(apart.min(axis=1), 0))
        distance[block] = np.where(np.isfinite(nearest), nearest, 0).reshape(-1, each)

    each_block(work, count, each * (9 * len(kept) + 4 * width))
    return distance


def _memory(flat: np.ndarray, most: int) -> np.ndarray:
    """Which of the patches (M, D) are remembered, ascending."""
    if len(flat) <= most:
        return np.arange(len(flat))
    generator = np.random.default_rng(SEED)
    pool = np.sort(generator.choice(len(flat), min(POOL * most, len(flat)), replace=False))
    return np.sort(pool[farthest_first(flat[pool].astype(np.float32), most, 0)])
