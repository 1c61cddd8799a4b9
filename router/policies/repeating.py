"""Repeating: tenacity decides whether something is done again, and how long is waited before."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def repeated(
    first: T,
    again: Callable[[float], Awaitable[T]],
    *,
    goes_on: Callable[[T], bool],
    wait: Callable[[int], float],
    stop: Callable[[int, float], bool],
) -> T:
    """Return the last outcome: `first`, or what `again` came to, which waits so many seconds.

    `wait` is given the number of the repetition, 1-based, and `stop` that and the wait before it.

    tenacity's own waits and stops read the system's clock and the global random generator. Its
    form that does not await is the one that decides here, and we await: the other one makes a
    coroutine function of every callable at every turn, which takes three times as long, and keeps
    a cancellation together with the frames that it went through.
    """
    # Imported here: a request that succeeds at once never needs it.
    from tenacity import Retrying

    outcome = first
    waits: list[float] = []
    retrying = Retrying(
        sleep=waits.append,
        stop=lambda state: stop(state.attempt_number, state.upcoming_sleep),
        wait=lambda state: wait(state.attempt_number),
        retry=lambda _: goes_on(outcome),
        retry_error_callback=lambda _: None,
    )
    try:
        for turn in retrying:
            if waits:
                outcome = await again(waits.pop())
            turn.retry_state.set_result(None)
    finally:
        # Its last actions hold it, and with it the whole request and its pictures: a cycle.
        retrying.iter_state.reset()
    return outcome
