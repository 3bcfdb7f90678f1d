"""The buckets hold exactly their burst and rate, with a clock of our own."""

import pytest

from app.throttle import Limits, Throttle, client_address


def test_buckets_hold_exactly_burst_and_rate() -> None:
    now = [0.0]
    throttle = Throttle(Limits(), clock=lambda: now[0])
    assert [throttle.take("a") for _ in range(200)] == [0.0] * 200
    assert throttle.take("a") == pytest.approx(1 / 50)
    assert throttle.take("b") == 0.0, "each client has its own"
    now[0] = 0.1
    assert [throttle.take("a") for _ in range(5)] == [0.0] * 5
    assert throttle.take("a") > 0
    now[0] = 1000.0
    assert [throttle.take("a", session=True) for _ in range(60)] == [0.0] * 60
    assert throttle.take("a", session=True) == pytest.approx(1 / 5)
    assert throttle.take("a") == 0.0


def test_the_tables_stay_bounded() -> None:
    throttle = Throttle(Limits(), table_size=100)
    assert throttle.enter("busy")
    for number in range(1000):
        throttle.take(f"client {number}")
        throttle.remember_session("s" * (number % 300) + str(number))
    throttle.leave("busy")
    assert len(throttle._clients) <= 101
    for number in range(5000):
        throttle.remember_session(str(number))
    assert len(throttle._sessions) == 2000
    assert throttle.knows_session("4999")
    assert not throttle.knows_session("1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted_as"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.5", "", "203.0.113.5"),
        ("fe80::1%eth0", "", "fe80::/64"),
        ("testclient", "", "testclient"),
        ("10.0.0.1", "8.8.8.8", "8.8.8.8"),
        ("10.0.0.1", "1.1.1.1, 8.8.8.8, 10.0.0.7", "8.8.8.8"),  # what the visitor wrote first does not count
        ("10.0.0.1", "10.0.0.9", "10.0.0.9"),
        ("10.0.0.1", " , nonsense", "nonsense"),
    ],
)
def test_a_client_is_known_by_its_address(peer: str, forwarded: str, counted_as: str) -> None:
    assert client_address(peer, forwarded) == counted_as
