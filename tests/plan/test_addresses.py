from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iomt.plan.grants import Address, addresses


class _Device:
    def __init__(self, url):
        self.options = {"url": url}


def _expected(url):
    try:
        parts = urlsplit(url)
        if parts.hostname:
            return [Address("url", parts.scheme, parts.hostname, parts.port)]
    except ValueError:
        pass
    return []


_PARTS = st.text(st.sampled_from("abAZ09.-+:/@?#[]!~%= \té\u2100^_\\\n"), max_size=12)


@given(
    st.sampled_from(["rtsp", "http", "HTTP", "x-y", "1a", ""]),
    _PARTS,
    st.sampled_from(["", ":80", ":65536"]),
    _PARTS,
)
@example("rtsp", "a:b@CAM.example", ":554", "/1?x=@y")
@example("rtsp", "a@b@cam", "", "")
@example("rtsp", "[::1]", ":554", "/1")
@example("http", "cam", ":00080", "")
def test_a_url_leads_where_the_library_says(scheme, host, port, rest):
    url = f"{scheme}://{host}{port}{rest}"
    assert list(addresses(_Device(url))) == _expected(url)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("rtsp://user:word@10.0.0.12:554/stream1", "10.0.0.12", 554),
        ("http://Hook.example", "hook.example", None),
        ("rtsp://[fd00::7]:8554/1", "fd00::7", 8554),
    ],
)
def test_neither_user_nor_password_is_in_an_address(url, host, port):
    assert list(addresses(_Device(url))) == [Address("url", url.partition(":")[0], host, port)]
