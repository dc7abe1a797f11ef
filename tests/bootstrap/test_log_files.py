"""Bounded logs and the warnings in them."""

from bootstrap.log_files import NoteworthyLines, keep_bounded, last_lines


def test_log_past_its_limit_moves_aside_and_its_writer_goes_on(tmp_path):
    log_file = tmp_path / "api.log"
    with log_file.open("a") as writer:
        writer.write("old " * 10)
        writer.flush()
        keep_bounded(log_file, limit_bytes=20)
        writer.write("new")

    assert (log_file.read_text(), (tmp_path / "api.log.1").read_text()) == ("new", "old " * 10)


def test_log_within_its_limit_stays(tmp_path):
    log_file = tmp_path / "api.log"
    log_file.write_text("short")

    keep_bounded(log_file, limit_bytes=5)

    assert log_file.read_text() == "short"


def test_only_new_complete_warnings_and_errors_are_noteworthy(tmp_path):
    log_file = tmp_path / "api.log"
    log_file.write_text("ERROR before\n")
    lines = NoteworthyLines(log_file)
    with log_file.open("a") as writer:
        writer.write("INFO fine\nWARNING slow\nERROR unfinis")

    assert list(lines.read()) == ["WARNING slow"]


def test_line_is_given_once_it_is_complete(tmp_path):
    log_file = tmp_path / "api.log"
    lines = NoteworthyLines(log_file)
    log_file.write_text("ERROR un")
    list(lines.read())
    log_file.write_text("ERROR unfinished\n")

    assert list(lines.read()) == ["ERROR unfinished"]


def test_reading_goes_on_after_the_log_was_emptied(tmp_path):
    log_file = tmp_path / "api.log"
    log_file.write_text("ERROR long ago, in a long line\n")
    lines = NoteworthyLines(log_file)
    log_file.write_text("ERROR new\n")

    assert list(lines.read()) == ["ERROR new"]


def test_last_lines_of_a_log_that_was_never_written_are_empty(tmp_path):
    assert last_lines(tmp_path / "none.log") == ""
