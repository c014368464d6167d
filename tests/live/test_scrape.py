"""What Prometheus is told of several processes, whichever of them it asks."""

from __future__ import annotations

from pathlib import Path

from restai.live import scrape

FIRST = b"""# HELP restai_clients Open sockets
# TYPE restai_clients gauge
restai_clients 3.0
# HELP restai_closed_total Sockets closed by us
# TYPE restai_closed_total counter
restai_closed_total{code="4003"} 2.0
"""
SECOND = b"""# HELP restai_clients Open sockets
# TYPE restai_clients gauge
restai_clients 5.0
# HELP restai_log_lag_seconds Age
# TYPE restai_log_lag_seconds gauge
restai_log_lag_seconds 0.25
"""


def test_each_number_is_there_once_for_each_process(tmp_path: Path) -> None:
    scrape.write(tmp_path, 11, FIRST)
    assert scrape.together(tmp_path, 12, SECOND).decode() == (
        "# HELP restai_clients Open sockets\n"
        "# TYPE restai_clients gauge\n"
        'restai_clients{pid="11"} 3.0\n'
        'restai_clients{pid="12"} 5.0\n'
        "# HELP restai_closed_total Sockets closed by us\n"
        "# TYPE restai_closed_total counter\n"
        'restai_closed_total{code="4003",pid="11"} 2.0\n'
        "# HELP restai_log_lag_seconds Age\n"
        "# TYPE restai_log_lag_seconds gauge\n"
        'restai_log_lag_seconds{pid="12"} 0.25\n'
    )


def test_who_writes_again_is_there_with_the_newest_and_who_is_gone_is_not(tmp_path: Path) -> None:
    scrape.write(tmp_path, 11, FIRST)
    scrape.write(tmp_path, 12, SECOND)
    scrape.write(tmp_path, 12, SECOND.replace(b"5.0", b"6.0"))
    scrape.remove(tmp_path, 11)
    scrape.remove(tmp_path, 11)
    told = scrape.together(tmp_path, 13, FIRST).decode()
    assert 'restai_clients{pid="12"} 6.0' in told
    assert 'restai_clients{pid="13"} 3.0' in told
    assert 'pid="11"' not in told


def test_what_went_between_being_listed_and_read_is_left_out(tmp_path: Path) -> None:
    scrape.write(tmp_path, 11, FIRST)
    (tmp_path / "14.prom").symlink_to("nowhere")
    told = scrape.together(tmp_path, 12, SECOND).decode()
    assert 'restai_clients{pid="11"} 3.0' in told
    assert 'pid="14"' not in told
