"""How far a run is: a bar on a terminal, else a line per epoch."""

import sys
import time

from tqdm import tqdm

from hardrare import processes


class Progress:
    """Counts epochs and samples; shows loss, images per second and time left."""

    def __init__(self, title: str, epochs: int, before: int = 0) -> None:
        """Begin; `before` epochs were trained before the run was stopped."""
        self.title, self.epochs, self.before = title, epochs, before
        self.done, self.samples, self.started = before, 0, time.perf_counter()
        bar = "{desc} |{bar:20}| epoch {n}/{total}{postfix} [{elapsed}<{remaining}]"
        terminal = sys.stderr.isatty() and processes.first()
        self.bar = (
            tqdm(total=epochs, desc=title, bar_format=bar, initial=before) if terminal else None
        )
        if before:
            print(f"{title}  goes on after epoch {before}/{epochs}", flush=True)

    def epoch(self, loss: float, samples: int) -> None:
        """One epoch over: its mean batch loss, and how many images it trained on."""
        self.done += 1
        self.samples += samples
        spent = time.perf_counter() - self.started
        rate = self.samples / max(spent, 1e-9)
        if self.bar is not None:
            self.bar.set_postfix_str(f"loss {loss:.4g}  {rate:.0f} images/s", refresh=False)
            self.bar.update()
            return
        left = spent / (self.done - self.before) * (self.epochs - self.done)
        print(
            f"{self.title}  epoch {self.done}/{self.epochs}  loss {loss:.4g}  "
            f"{rate:.0f} images/s  {left:.0f} s left",
            flush=True,
        )

    def close(self) -> None:
        """Leave the terminal tidy."""
        if self.bar is not None:
            self.bar.close()
