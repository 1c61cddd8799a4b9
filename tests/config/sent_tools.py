"""What the tests of configs that strangers send share."""

from collections.abc import Mapping

from config_tools import document, errors, problems

from router.config.foreign import Stranger

ANYBODY = Stranger()
NOBODY = Stranger(providers=frozenset(), virtual_keys=frozenset())


class Unread(Mapping):
    """An environment that nobody may look into."""

    def __getitem__(self, name):
        raise AssertionError(f"the variable {name} was read")

    def __iter__(self):
        raise AssertionError("the variables were listed")

    def __len__(self):
        raise AssertionError("the variables were counted")


UNREAD = Unread()


def sent(config, stranger=ANYBODY, **options):
    """Read a config that is right, as a stranger's."""
    options.setdefault("environment", UNREAD)
    return document(config, stranger=stranger, **options)


def refused(config, stranger=ANYBODY, **options):
    """Return what is wrong with a stranger's config, in one line each."""
    options.setdefault("environment", UNREAD)
    return errors(config, stranger=stranger, **options)


def told(config, stranger=ANYBODY, **options):
    """Return the whole problems."""
    options.setdefault("environment", UNREAD)
    return problems(config, stranger=stranger, **options)
