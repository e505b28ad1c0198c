"""What every objective records, and what is the same with probes and without."""

import torch

COMMON = {"norm", "displacement", "cosine_displacement"}
TWO_VIEWS = {"alignment", "cross_correlation", "gradient_norm", "augmentation_variance"}
CODE = {"code_entropy", "code_norm", "code_displacement_l1", "code_displacement_l2"}
OWN = {  # columns of each objective beside the common ones
    "barlow_twins": TWO_VIEWS,
    "vicreg": TWO_VIEWS,
    "simclr": TWO_VIEWS | {"loss"},
    "byol": TWO_VIEWS | {"loss"},
    "autoencoder": CODE | {"loss", "gradient_norm", "reconstruction_uncertainty"},
    "variational_autoencoder": {"loss", "gradient_norm", "kl", "negative_log_likelihood"},
    "masked_autoencoder": {"loss", "gradient_norm", "reconstruction_uncertainty"},
    "denoising": {"loss", "gradient_norm", "weak_noise_error", "strong_noise_error"},
    "triplet": TWO_VIEWS | {"loss", "hardest_positive_distance", "hardest_negative_distance"},
    "supervised": {"loss", "correct", "predicted", "probability", "margin", "error_norm"},
}
RECONSTRUCT = {"autoencoder", "variational_autoencoder"}  # images, which have a structure


def columns(name, on_images):
    """The columns that an objective records, on images or on features; by default of two views."""
    return (
        COMMON
        | OWN.get(name, TWO_VIEWS)
        | ({"ssim"} if on_images and name in RECONSTRUCT else set())
    )


def assert_same_weights(first, second):
    """The first networks of two runs have equal weights, to the bit."""
    for a, b in zip(*(m[0].state_dict().values() for m in (first, second)), strict=True):
        assert torch.equal(a, b)


def assert_probes_leave_no_trace(run, folder, name):
    """The weights of a run are the same whether it is measured or not."""
    with_probes, _ = run(folder, name)
    without, _ = run(folder, name, record=False)
    assert_same_weights(with_probes, without)
