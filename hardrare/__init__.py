"""hardrare: find hard, rare, noisy and duplicate images, with and without labels."""

import os

# Threads that wait in long spins make training on busy cores fifteen times slower (12 epochs on two
# cores beside two other processes: 153 s against 10 s, and no slower where nothing else runs).
# OpenMP reads this when torch is first imported, so it stands here.
os.environ.setdefault("GOMP_SPINCOUNT", "3000")
