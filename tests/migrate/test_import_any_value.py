"""Whatever is given is imported into a config that checks, or refused with the reason."""

import copy
import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sources import LITELLM, ODD, PORTKEY

from router.config.problems import ConfigError
from router.lab.stage import loader_for
from router.migrate.importing import bring
from router.sandbox.environment import SandboxEnvironment

SCALARS = st.none() | st.booleans() | st.integers(-2, 700) | st.floats(0, 9) | ODD
NESTED = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ENVIRONMENT = {"AZURE_API_BASE": "https://atelier.openai.azure.com"}
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def anything(draw):
    """Draw any value. The repr is short: hypothesis warns of long ones."""
    return draw(NESTED)


@st.composite
def source(draw):
    """Draw a source of either kind as `(kind, value)`."""
    kind, values = draw(st.sampled_from([("litellm", LITELLM), ("portkey", PORTKEY)]))
    return kind, draw(values)


@st.composite
def spoilt(draw):
    """Draw a source in which one value is another than people write."""
    kind, value = draw(source())
    value = copy.deepcopy(value)
    places = list(_places(value))
    assume(places)
    holder, key = draw(st.sampled_from(places))
    holder[key] = draw(anything())
    return kind, value


def _places(value):
    """Yield every spot of a value as `(holder, key)`."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def load(text):
    """Read a config as a stage does; stand-ins for hosts are put in, as one for a key is no URL."""
    lines = (
        f"{line.partition('custom_host:')[0]}custom_host: http://127.0.0.1:9/v1"
        if "custom_host: ${" in line
        else line
        for line in text.splitlines()
    )
    return loader_for(SandboxEnvironment(ENVIRONMENT)).load("\n".join(lines) + "\n")


def imported_or_refused(value, kind):
    try:
        imported = bring(json.dumps(value) + "\n", kind)
    except ConfigError:
        return None
    load(imported.text)
    return imported


@given(source())
@FEW
def test_what_people_write_is_imported_and_checks(drawn):
    kind, value = drawn

    imported_or_refused(value, kind)


@given(spoilt())
@FEW
def test_what_people_write_wrongly_is_imported_or_refused(drawn):
    kind, value = drawn

    imported_or_refused(value, kind)


@given(value=anything(), kind=st.sampled_from(["portkey", "litellm", None]))
@FEW
def test_any_value_is_imported_or_refused(value, kind):
    imported_or_refused(value, kind)


@given(value=LITELLM | PORTKEY)
@FEW
def test_no_secret_of_the_source_is_written_out(value):
    kind = "litellm" if "model_list" in value else "portkey"

    imported = imported_or_refused(value, kind)

    for secret in ("sk-1234", "sk-main", "f" * 32, "user:pass", "sk-Abcdefgh0123456789"):
        assert imported is None or secret not in imported.text
        assert imported is None or secret not in "".join(map(str, imported.told))


@pytest.mark.parametrize("text", ["", "- a\n", "a: [\n", "a: {b\n", "\x00\n", "7\n", "{\n"])
def test_what_is_no_mapping_is_refused(text):
    with pytest.raises(ConfigError):
        bring(text + "\n")
