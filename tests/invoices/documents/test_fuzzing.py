"""Mutated files of all formats: read, or refused in our own words; never a crash, a hang or a wrong sum unnoticed."""

import resource
import time

import pytest

from tests.invoices.documents import fuzzing

_SLOWEST = 2.0  # seconds of CPU for one file
_MEMORY = 300 * 2**20


def check(seed: int) -> None:
    case = fuzzing.case(seed)
    start = time.process_time()

    wrong = fuzzing.judge(case)

    assert not wrong, f"seed {seed}, {case.mutation} of {case.name}: {wrong}"
    assert time.process_time() - start < _SLOWEST, f"seed {seed}, {case.mutation} of {case.name} is slow"


@pytest.mark.parametrize("mutation", fuzzing.MUTATIONS)
def test_mutated_files_are_read_or_refused(mutation: str) -> None:
    seeds = [seed for seed in range(400) if fuzzing.case(seed).mutation == mutation]

    for seed in seeds:
        check(seed)

    assert len(seeds) > 5


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_twenty_thousand_mutated_files_are_read_or_refused_in_bounded_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for seed in range(1_000, 21_000):
        check(seed)

    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < _MEMORY
