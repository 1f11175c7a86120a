"""Threads that make batches ahead of their use, in order.

Threads, not processes: decoding and warping let go of the interpreter. A batch is cut into parts of a few pictures,
so that several threads hurry to finish the one that is waited for. Nothing here is random: who makes a part
does not matter.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

PART = 8  # pictures a thread makes before it looks up; also what Ctrl-C may have to wait for
AHEAD = 3  # finished or growing batches beside the one in use

Job = tuple[list[Callable[[], Any]], Callable[[], Any]]  # the parts of a batch, and what gives it when they are done


def default_workers() -> int:
    """As many threads as this process may use cores, 8 at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(8, cores)


def in_order(jobs: Iterable[Job], workers: int, ahead: int = AHEAD) -> Generator[Any, None, None]:
    """The results of `jobs` one after the other, made by `workers` threads (0: by the caller) up to `ahead` in advance.

    What a part raises is raised here. Closing the iterator, or an exception such as KeyboardInterrupt while it waits,
    drops what is not begun yet; the threads end within one part.
    """
    if workers <= 0:
        for parts, finish in jobs:
            for part in parts:
                part()
            yield finish()
        return
    pool = ThreadPoolExecutor(workers, thread_name_prefix="lanthorn-data")
    waiting: deque = deque()
    try:
        for parts, finish in jobs:
            waiting.append(([pool.submit(part) for part in parts], finish))
            if len(waiting) > ahead:
                yield _wait(*waiting.popleft())
        while waiting:
            yield _wait(*waiting.popleft())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _wait(futures, finish):
    for future in futures:
        future.result()
    return finish()


def for_each(work: Callable[[int], Any], n: int, workers: int) -> list[Any]:
    """`[work(0), …, work(n - 1)]`, by threads."""
    results: list[Any] = [None] * n

    def part(start):
        for k in range(start, min(start + PART, n)):
            results[k] = work(k)

    jobs: Iterable[Job] = (([lambda s=start: part(s)], lambda: None) for start in range(0, n, PART))
    for _ in in_order(jobs, workers, ahead=4 * max(1, workers)):
        pass
    return results


def parts_of(n: int, work: Callable[[int], Any]) -> list[Callable[[], Any]]:
    """`work(0)` … `work(n - 1)` as parts for `in_order`."""

    def part(start):
        for k in range(start, min(start + PART, n)):
            work(k)

    return [lambda s=start: part(s) for start in range(0, n, PART)]
