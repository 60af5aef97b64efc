import ctypes
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from terminal.app.ports.clock import Clock
from terminal.domain.receipt import Moment
from terminal.host.clock import EARLIEST, SystemClock, kernel_synchronised

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class TimeService:
    """Says whether it has set the clock, and counts who asks."""

    def __init__(self, *, has_set: bool) -> None:
        self.has_set = has_set
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.has_set


def test_it_is_the_port() -> None:
    clock: Clock = SystemClock()

    assert clock.monotonic() <= clock.monotonic()


def test_now_is_the_wall_clock_in_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    now = SystemClock(TimeService(has_set=True)).now()
    after = time.time_ns() // 1_000_000

    assert before <= now.at <= after
    assert now.trusted


def test_a_clock_that_nobody_set_is_not_trusted() -> None:
    clock = SystemClock(TimeService(has_set=False))

    assert not clock.now().trusted
    assert not clock.moment().trusted


def test_the_time_service_is_not_asked_with_every_look() -> None:
    service = TimeService(has_set=False)
    clock = SystemClock(service)

    for _ in range(1000):
        clock.now()

    assert service.asked <= 2


def test_once_set_stays_set() -> None:
    service = TimeService(has_set=True)
    clock = SystemClock(service)
    assert clock.now().trusted

    service.has_set = False

    assert clock.now().trusted
    assert service.asked == 1


def test_a_moment_has_the_shops_local_time() -> None:
    moment = SystemClock(TimeService(has_set=True), COPENHAGEN).moment()

    local = datetime.fromisoformat(moment.local)
    assert int(local.timestamp()) == moment.at // 1000
    assert local.utcoffset() == datetime.fromtimestamp(moment.at // 1000, COPENHAGEN).utcoffset()


def test_another_moment_across_the_end_of_summer_time() -> None:
    clock = SystemClock(TimeService(has_set=True), COPENHAGEN)

    # 25 October 2026, 03:00 becomes 02:00: the same local time twice, told apart by the offset.
    assert clock.moment_at(1_792_887_600_999) == Moment(1_792_887_600_999, "2026-10-25T02:20:00+02:00", trusted=False)
    assert clock.moment_at(1_792_891_200_000) == Moment(1_792_891_200_000, "2026-10-25T02:20:00+01:00", trusted=False)


def test_the_boards_own_zone_when_none_is_given() -> None:
    at = EARLIEST

    assert SystemClock().moment_at(at).local == datetime.fromtimestamp(at // 1000).astimezone().isoformat()


def test_the_kernels_word_is_its_unsynchronised_flag() -> None:
    """The same kernel asked another way: ntp_adjtime(3), and the flag itself instead of the answer."""

    class Timex(ctypes.Structure):
        _fields_ = (
            ("modes", ctypes.c_uint),
            ("offset", ctypes.c_long),
            ("freq", ctypes.c_long),
            ("maxerror", ctypes.c_long),
            ("esterror", ctypes.c_long),
            ("status", ctypes.c_int),
            ("rest", ctypes.c_char * 256),
        )

    unsynchronised = 0x0040
    timex = Timex()
    assert ctypes.CDLL(None).ntp_adjtime(ctypes.byref(timex)) >= 0

    assert kernel_synchronised() == (timex.status & unsynchronised == 0)
