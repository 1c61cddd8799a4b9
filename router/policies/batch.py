"""Batch: the pictures of one answer, made at the same time into what was asked for."""

from dataclasses import dataclass, field

import anyio

from router.core.finishing import ArtefactError, FetchError, Finishing
from router.core.guard import PortError, attend
from router.core.images import Picture
from router.core.whereabouts import where
from router.policies.finish import Wish, finish

AT_ONCE = 8  # pictures that are downloaded at the same time
MOST_TOLD = 3  # faults that are told in full


@dataclass(slots=True)
class Batch:
    """Pictures that `came`; each ends up among those that are `done`, or has a fault.

    All of them together have so many `seconds`; those that are late are in neither.
    """

    came: tuple[Picture, ...]
    seconds: float
    done: dict[int, Picture] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[Picture, ...]:
        """The pictures that are as asked for, in the order in which they came."""
        return tuple(self.done[number] for number in sorted(self.done))

    @property
    def unfinished(self) -> tuple[Picture, ...]:
        """The others, as they came."""
        both = enumerate(self.came)
        return tuple(picture for number, picture in both if number not in self.done)

    @property
    def is_late(self) -> bool:
        """Whether the time was up before each was done or had its fault."""
        return len(self.done) + len(self.faults) < len(self.came)

    @property
    def why_not(self) -> str:
        """Say which pictures are missing from `kept`, and why."""
        missing = [number for number in range(len(self.came)) if number not in self.done]
        faults = [self.faults.get(number) or self._late(number) for number in missing[:MOST_TOLD]]
        if len(missing) > MOST_TOLD:
            faults.append("...")
        which = f"picture {missing[0]}" if len(missing) == 1 else f"pictures {_listed(missing)}"
        return f"{which} came, and could not be given as asked: {'; '.join(faults)}"

    async def finish(self, wish: Wish, finishing: Finishing) -> None:
        """Make of each picture what was asked for."""
        turns = anyio.Semaphore(AT_ONCE)

        async def take(number: int) -> None:
            async with turns:
                work = finish(self.came[number], wish, finishing)
                try:
                    self.done[number] = await attend(work, FetchError, ArtefactError)
                except (FetchError, ArtefactError, PortError) as error:
                    self.faults[number] = str(error)

        with anyio.move_on_after(self.seconds):
            async with anyio.create_task_group() as group:
                for number in range(len(self.came)):
                    group.start_soon(take, number)

    def _late(self, number: int) -> str:
        url = self.came[number].url
        return f"{repr(where(url)) if url else 'it'} was not ready in time"


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
