"""Several processes that train one network together, each with a share of every batch.

torchrun starts them, or a stage's `devices`. All do the same in the same order: they draw the same
numbers for the whole batch and compute on their own contiguous share of it; a loss sees what all of
them have computed; gradients are added up. So every process has the weights that a single one would
have, up to the order in which floats are added. Where there is one process, every function here
gives back what it was given.

lightly's `gather_distributed` was refused: it standardises the projections of Barlow Twins by each
process's own rows (another loss than a single process has), and takes equal shares only.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch import distributed as dist

from hardrare.errors import InputError

CHUNK = 1 << 24  # values of a process at a time, where only the first one is to have them
_BATCH: ContextVar[int] = ContextVar("rows of the batch at work", default=0)


class Lost(InputError):
    """Another process of the group is gone."""


def count() -> int:
    """How many processes there are."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def number() -> int:
    """Which of them this one is, from 0."""
    return dist.get_rank() if count() > 1 else 0


def first() -> bool:
    """Whether this is the one that writes files and says how far the run is."""
    return number() == 0


def share(rows: int, of: int | None = None) -> slice:
    """The rows of so many that process `of` has, by default this one; of too few, everyone has all.

    Shares are contiguous and in the order of processes; they differ by one row at most.
    """
    every, at = count(), number() if of is None else of
    return slice(0, rows) if rows < every else slice(rows * at // every, rows * (at + 1) // every)


@contextmanager
def batch(rows: int) -> Iterator[slice]:
    """A block that works on a batch of so many rows; gives this process's share of them."""
    before = _BATCH.set(rows)
    try:
        yield share(rows)
    finally:
        _BATCH.reset(before)


def gathered(values: Tensor, dim: int = 0) -> Tensor:
    """The whole batch's values, of every process's share along `dim`; gradients flow to the own.

    Every process computes the same loss of them. What its share contributes to that loss comes
    back to it alone, so gradients of weights are the sum over processes. Outside of a `batch`
    values are as given.
    """
    if count() == 1 or not _BATCH.get():
        return values
    return _Gathered.apply(values.movedim(dim, 0), _BATCH.get()).movedim(0, dim)


def summed(values: Tensor) -> Tensor:
    """The sum over processes, through which gradients flow to all of them."""
    return values if count() == 1 else _Summed.apply(values)


def drawn(draw: Callable[[Tensor], Tensor], like: Tensor) -> Tensor:
    """Random values for the own rows out of those drawn for the whole batch.

    Args:
        draw: gives random values of the shape of what it is given.
        like: (V b, ...) own rows, V views one after the other.
    """
    rows, own = _BATCH.get(), share(_BATCH.get())
    size = own.stop - own.start
    if count() == 1 or not size:
        return draw(like)
    views, shape = len(like) // size, like.shape[1:]
    last = like.dim() == 4 and not like.is_contiguous()
    layout = torch.channels_last if last else torch.contiguous_format
    whole = torch.empty_like(like.new_empty(()).expand(views * rows, *shape), memory_format=layout)
    return draw(whole).unflatten(0, (views, rows))[:, own].flatten(0, 1)


def add_gradients(module: torch.nn.Module) -> None:
    """Every weight's gradient becomes the sum over processes, in one message."""
    if count() == 1:
        return
    gradients = [parameter.grad for parameter in module.parameters() if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    _do(dist.all_reduce, flat)
    for gradient, part in zip(
        gradients, flat.split([gradient.numel() for gradient in gradients]), strict=True
    ):
        gradient.copy_(part.view_as(gradient))


def whole(values: Tensor) -> Tensor:
    """Every process's values (m, ...) one after the other, on every process; no gradient."""
    if count() == 1:
        return values
    values = values.to(_meeting())
    sizes = torch.zeros(count(), dtype=torch.int64, device=values.device)
    sizes[number()] = len(values)
    _do(dist.all_reduce, sizes)
    return _all(values, sizes.tolist())


def on_first(values: Tensor) -> Tensor | None:
    """As `whole`, in main memory of the first process alone; None in the others."""
    if count() == 1:
        return values
    sizes = whole(torch.tensor([len(values)])).tolist()
    made = values.new_empty((sum(sizes), *values.shape[1:]), device="cpu") if first() else None
    step = max(CHUNK // max(values[:1].numel(), 1), 1)
    for start in range(0, max(sizes), step):
        parts = [len(range(size)[start : start + step]) for size in sizes]
        shares = _all(values[start : start + step].to(_meeting()), parts).split(parts)
        for i, part in enumerate(shares if first() else ()):
            offset = sum(sizes[:i]) + start
            made[offset : offset + len(part)] = part.cpu()
    return made


def filled(columns: Mapping[str, np.ndarray], places: np.ndarray) -> None:
    """Fill columns (n,) of which each process knows its own places (m,) from all processes."""
    if count() == 1 or not columns:
        return
    every = whole(torch.from_numpy(places)).cpu().numpy()
    for values in columns.values():
        values[every] = whole(torch.from_numpy(values[places])).cpu().numpy()


def places(rows: int, size: int) -> np.ndarray:
    """Own places (m,) among so many rows that are shared in blocks of `size`."""
    blocks = [np.arange(rows)[start : start + size] for start in range(0, rows, size)]
    return np.concatenate([block[share(len(block))] for block in blocks] or [np.arange(0)])


def agreed(value: Any) -> Any:  # noqa: ANN401 - a number, a truth value or an array, given back so
    """What the first process says, so that all decide alike."""
    if count() == 1:
        return value
    if isinstance(value, np.ndarray):
        rows = torch.from_numpy(value).to(_meeting())
        _do(dist.broadcast, rows, 0)
        return rows.cpu().numpy()
    said = torch.tensor(float(value), dtype=torch.float64, device=_meeting())
    _do(dist.broadcast, said, 0)
    return type(value)(said.item())


def same_weights(module: torch.nn.Module) -> None:
    """Every process gets the first one's weights."""
    for value in module.state_dict().values() if count() > 1 else ():
        _do(dist.broadcast, value.data, 0)


def wait() -> None:
    """Until all processes are here."""
    agreed(0)


class _Gathered(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, own: Tensor, rows: int) -> Tensor:  # noqa: ANN401
        ctx.own, parts = share(rows), [share(rows, of) for of in range(count())]
        return _all(own, [part.stop - part.start for part in parts])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        return gradient[ctx.own], None


class _Summed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:  # noqa: ANN401, ARG004
        total = own.clone()
        _do(dist.all_reduce, total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # noqa: ANN401, ARG004
        total = gradient.clone()
        _do(dist.all_reduce, total)
        return total


def _all(own: Tensor, sizes: list[int]) -> Tensor:
    """Every process's rows one after the other; shares are filled up to the largest on the way."""
    sent = own.new_zeros((max(sizes), *own.shape[1:]))
    sent[: len(own)] = own
    parts = [torch.empty_like(sent) for _ in sizes]
    _do(dist.all_gather, parts, sent)
    return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)])


def _meeting() -> torch.device:
    """Where values are when processes exchange them."""
    return torch.device("cuda" if dist.get_backend() == "nccl" else "cpu")


def _do(exchange: Callable[..., Any], *given: Any) -> None:  # noqa: ANN401
    """One exchange; that another process is gone becomes a sentence."""
    try:
        exchange(*given)
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        reason = str(error).split(". ")[0].split("] ", 1)[-1]
        raise Lost(
            f"another process of this run is gone ({reason}); call the same again: it goes on from "
            "the last checkpoint, if any is kept."
        ) from None
