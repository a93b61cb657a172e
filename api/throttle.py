"""How often one address may do something: a token bucket each, in this process's memory."""

import time
from collections.abc import Callable

MOST_ADDRESSES = 10_000


class Throttle:
    """`burst` times at once, then once every `every` seconds."""

    def __init__(self, burst: int, every: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with every bucket full."""
        self._burst, self._every, self._clock = burst, every, clock
        self._full_at: dict[str, float] = {}     # address -> when its bucket is full again

    def take(self, address: str) -> bool:
        """Whether the address may now; counts it if so."""
        now = self._clock()
        full_at = max(self._full_at.get(address, now), now)
        if full_at - now > (self._burst - 1) * self._every:
            return False
        if len(self._full_at) >= MOST_ADDRESSES:
            self._full_at = {one: at for one, at in self._full_at.items() if at > now}
        self._full_at[address] = full_at + self._every
        return True
