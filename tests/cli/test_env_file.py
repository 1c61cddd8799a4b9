"""Env file: lines of KEY=VALUE."""

import pytest

from router.cli.env_file import read_env_file
from router.cli.terminal import Failed


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=plain", "plain"),
        ("export KEY=plain", "plain"),
        ("  KEY = plain  ", "plain"),
        ("KEY=", ""),
        ("KEY=a b # remark", "a b"),
        ("KEY=a#b", "a#b"),
        ("KEY=# remark", ""),
        ("KEY='single # $x \\n' # remark", "single # $x \\n"),
        ('KEY="double \\"x\\" \\n" # remark', 'double "x" \n'),
        ("KEY=a=b", "a=b"),
        ('KEY="it\'s"', "it's"),
    ],
)
def test_a_value_is_read_as_shells_would(tmp_path, line, value):
    path = tmp_path / ".env"
    path.write_text(f"# remark\n\n{line}\n")

    assert read_env_file(path) == {"KEY": value}


@pytest.mark.parametrize("line", ["KEY", "1KEY=x", "KEY='open", 'KEY="open', "KEY='a' b"])
def test_what_is_no_assignment_is_refused_with_its_line(tmp_path, line):
    path = tmp_path / ".env"
    path.write_text(f"A=1\n{line}\n")

    with pytest.raises(Failed, match=r"\.env:2"):
        read_env_file(path)


def test_windows_line_ends_and_marks_are_no_part_of_a_value(tmp_path):
    path = tmp_path / ".env"
    path.write_bytes(b"\xef\xbb\xbfA=1\r\nB=2\r\n")

    assert read_env_file(path) == {"A": "1", "B": "2"}


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / ".env"
    path.write_bytes(b"KEY=\xff\xfe\n")

    with pytest.raises(Failed, match=r"\.env is not a UTF-8 text"):
        read_env_file(path)
