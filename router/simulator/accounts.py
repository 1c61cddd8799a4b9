"""Accounts: stand-in keys that tell accounts apart, so that each has rate limits of its own."""

from router.sandbox.environment import STAND_IN, SandboxEnvironment

NO_VARIABLES: dict[str, str] = {}


class Accounts(SandboxEnvironment):
    """Every variable has a stand-in of its own. Nothing is read from the real environment."""

    def __init__(self) -> None:
        super().__init__(NO_VARIABLES)

    def __getitem__(self, name: str) -> str:
        return f"{STAND_IN}-{name.lower().replace('_', '-')}"
