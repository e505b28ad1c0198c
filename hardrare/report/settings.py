"""What the parameters say about a study."""

from dataclasses import dataclass, field

from hardrare import tables
from hardrare.numerics.stable_ranking import Settings as StableRanking


@dataclass(frozen=True)
class Settings:
    """What the parameters say about the study: which runs and arms there are, what to show."""

    data_map: str  # objective/column
    region_share: float  # of the samples that are ambiguous, and that are hard
    examples: int
    dataset: str
    objectives: list[str]
    seeds: list[int]
    kinds: list[str]
    label_seeds: list[int]
    arms: list[str]
    keep_fraction: float
    retrain_seeds: list[int]
    hard: list[str]  # scores that make an axis of the ranking
    rare: list[str]
    noisy: list[str]
    epochs: int  # of the runs without labels, as planned
    stable_ranking: StableRanking  # the rule that may end them before
    second_split: list[str] = field(default_factory=list)  # objectives run over two halves too
    sweep: list[float] = field(default_factory=list)  # further shares to keep
    sweep_arms: list[str] = field(default_factory=list)  # arms kept at these
    clustered: list[str] = field(default_factory=list)  # objectives with runs on pseudo-labels too
    on_features: list[str] = field(default_factory=list)  # objectives of heads on frozen features
    networks: list[str] = field(default_factory=list)  # frozen ones
    clustered_networks: list[str] = field(default_factory=list)  # with runs on pseudo-labels too
    kinds_on_features: list[str] = field(default_factory=list)  # of runs with labels

    @property
    def axes(self) -> dict[str, list[str]]:
        """Axis to the scores that make it."""
        return {axis: getattr(self, axis, ["aligned pixels"]) for axis in tables.AXES}

    @property
    def halves(self) -> list[str]:
        """The label-free runs over two halves."""
        return [f"{objective}_second_split" for objective in self.second_split]

    @property
    def pseudo(self) -> list[str]:
        """The runs on pseudo-labels."""
        return [f"pseudo_{name}" for name in (*self.clustered, *self.clustered_networks)]

    @property
    def heads(self) -> list[str]:
        """The label-free runs on the features of a frozen network."""
        return [f"features_{name}" for name in self.on_features]

    @property
    def labelled(self) -> list[str]:
        """The runs with labels, on images and on features."""
        return [*self.kinds, *(f"features_{kind}" for kind in self.kinds_on_features)]

    @property
    def free_runs(self) -> dict[str, list[int]]:
        """Objective to the seeds of its runs."""
        return dict.fromkeys(self.objectives, self.seeds)

    @property
    def further_runs(self) -> dict[str, list[int]]:
        """The other label-free runs that train, to their seeds."""
        return dict.fromkeys([*self.halves, *self.heads, *self.pseudo], self.seeds)

    @property
    def frozen_runs(self) -> dict[str, tuple[None]]:
        """The frozen networks, which have no seed and no dynamics."""
        return dict.fromkeys(self.networks, (None,))

    @property
    def labelled_runs(self) -> dict[str, list[int]]:
        """Kind of run with labels to the seeds of its runs."""
        return dict.fromkeys(self.labelled, self.label_seeds)

    @property
    def swept(self) -> dict[str, tuple[str, float]]:
        """Name of each arm at each share of the sweep, to arm and share."""
        pairs = [(arm, share) for arm in self.sweep_arms for share in self.sweep]
        return {f"{arm}@{share}": (arm, share) for arm, share in pairs}
