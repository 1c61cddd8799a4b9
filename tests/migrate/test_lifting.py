"""What is lifted above the targets of a group means the same there."""

from hypothesis import given, settings
from hypothesis import strategies as st

from router.config.model import targets_of
from router.lab.stage import loader_for
from router.migrate.block import Block
from router.migrate.lifting import lift
from router.migrate.page import page

RETRIES = st.sampled_from([None, {"attempts": 0}, {"attempts": 2}, {"attempts": 3}])
BREAKERS = st.sampled_from([None, {"failure_threshold": 2}, {"failure_threshold": 3}])


@st.composite
def trees(draw, depth=3):
    block = Block()
    if depth and draw(st.booleans()):
        inner = st.lists(trees(depth - 1), min_size=1, max_size=3)
        block.put("strategy", {"mode": "fallback"})
        block.put("targets", draw(inner))
    else:
        block.put("provider", "openai")
    for key, values in (("retry", RETRIES), ("cb_config", BREAKERS)):
        value = draw(values)
        if value is not None:
            block.put(key, value)
    return block


def meaning(block):
    """Return retries and breaker of each target, as they are inherited."""
    document = loader_for().load(page(block, ["A text."])).document
    return [
        (target.settings.retry.retries if target.settings.retry else 0, target.settings.breaker)
        for target in targets_of(document.route)
    ]


@given(trees())
@settings(max_examples=80, deadline=None)
def test_lifting_changes_the_settings_of_no_target(tree):
    before = meaning(tree)

    lift(tree)

    assert meaning(tree) == before


def test_what_all_have_is_written_once():
    block, targets = Block(), [Block(), Block(), Block()]
    for target in targets:
        target.put("provider", "openai")
        target.put("cb_config", {"failure_threshold": 2}, "why it opens")
    for target in targets[1:]:
        target.put("retry", {"attempts": 2})
    block.put("targets", targets)

    lift(block)

    assert page(block, []).splitlines() == [
        "targets:",
        "  - provider: openai",
        "    retry: {attempts: 0}",
        "  - {provider: openai}",
        "  - {provider: openai}",
        "retry: {attempts: 2}",
        "# why it opens",
        "cb_config: {failure_threshold: 2}",
    ]
