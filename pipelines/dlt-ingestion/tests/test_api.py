"""The client over real HTTP: what it sends, what it tries again, what it refuses, what it hides."""

import hashlib
import logging
import shutil
import socket
import ssl
import subprocess
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from dlt_ingestion.api import Answer, DogApi, Pacer, _retry_after_seconds
from dlt_ingestion.config import Settings, load_settings
from dlt_ingestion.errors import (
    ConfigurationError,
    IngestionError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from dlt_ingestion.events import fields_of
from dlt_ingestion.sample.server import SampleServer
from tests.conftest import KEY, MakeSettings
from tests.fake_time import FakeTime
from tests.scripted_api import Reply, ScriptedApi

BREEDS = Reply(body=b'[{"id": "1", "name": "Akita"}]')
PAGING = {"Pagination-Count": "172", "Pagination-Limit": "25", "Pagination-Page": "3"}
TRANSIENT = [408, 425, 429, 500, 502, 503, 504]
NOWHERE = "http://127.0.0.1:9"


class Client:
    """A client of a scripted API, with everything that it keeps."""

    def __init__(self, api: ScriptedApi, settings: Settings, time: FakeTime) -> None:
        self.kept: list[Answer] = []
        settings = replace(settings, api_base_url=api.base_url, api_requests_per_minute=0)
        self.dog_api = DogApi(settings, time.clock, keep=self.kept.append, monotonic=time.monotonic)

    def fetch(self, page: int = 0) -> Answer:
        with self.dog_api as api:
            return api.fetch(page)


def fetch(
    replies: list[Reply], settings: Settings, time: FakeTime | None = None
) -> tuple[Answer, ScriptedApi]:
    """The answer that counts after these replies, and what the API received."""
    with ScriptedApi(*replies) as api:
        return Client(api, settings, time or FakeTime()).fetch(), api


def error_of(
    replies: list[Reply], settings: Settings, time: FakeTime | None = None
) -> IngestionError:
    """The error that these replies end in."""
    with pytest.raises(IngestionError) as caught:
        fetch(replies, settings, time)
    return caught.value


def test_the_key_is_sent_in_its_header(make_settings: MakeSettings) -> None:
    _, api = fetch([BREEDS], make_settings())

    assert api.received[0].headers["x-api-key"] == KEY


def test_the_key_is_not_in_the_address(make_settings: MakeSettings) -> None:
    answer, api = fetch([BREEDS], make_settings())

    assert KEY not in api.received[0].path + answer.url


def test_limit_and_page_are_asked_for(make_settings: MakeSettings) -> None:
    with ScriptedApi(BREEDS) as api:
        Client(api, make_settings(DOG_API_PAGE_SIZE="40"), FakeTime()).fetch(page=2)

    parts = urlsplit(api.received[0].path)
    assert (parts.path, parse_qs(parts.query)) == (
        "/v1/breeds",
        {"limit": ["40"], "page": ["2"]},
    )


def test_a_page_size_of_the_caller_takes_the_place_of_the_setting(
    make_settings: MakeSettings,
) -> None:
    with ScriptedApi(BREEDS) as api, Client(api, make_settings(), FakeTime()).dog_api as dog_api:
        dog_api.fetch(0, page_size=1)

    assert parse_qs(urlsplit(api.received[0].path).query)["limit"] == ["1"]


def test_the_version_of_the_code_is_sent(make_settings: MakeSettings) -> None:
    _, api = fetch([BREEDS], make_settings(CODE_VERSION="abc123"))

    assert api.received[0].headers["user-agent"] == "dlt-ingestion/abc123"


def test_one_connection_serves_all_pages(make_settings: MakeSettings) -> None:
    with ScriptedApi(BREEDS) as api, Client(api, make_settings(), FakeTime()).dog_api as dog_api:
        for page in range(3):
            dog_api.fetch(page)

    assert len({received.port for received in api.received}) == 1


def test_an_answer_is_the_body_as_it_came_with_its_hash(make_settings: MakeSettings) -> None:
    body = b'[ {"id":1, "name":"\xff\x00"} ]\n'

    answer, _ = fetch([Reply(body=body)], make_settings())

    assert (answer.body, answer.sha256) == (body, hashlib.sha256(body).hexdigest())


def test_an_answer_has_what_the_headers_say(make_settings: MakeSettings) -> None:
    answer, _ = fetch([replace(BREEDS, headers=PAGING)], make_settings())

    assert (answer.count, answer.page_limit, answer.page_number) == (172, 25, 3)


def test_headers_that_are_not_sent_are_null(make_settings: MakeSettings) -> None:
    answer, _ = fetch([BREEDS], make_settings())

    assert (answer.count, answer.page_limit, answer.page_number) == (None, None, None)


def test_an_answer_has_the_time_of_the_clock(make_settings: MakeSettings) -> None:
    time = FakeTime(offset=timedelta(days=365))

    answer, _ = fetch([BREEDS], make_settings(), time)

    assert abs(answer.fetched_at - datetime.now(UTC) - time.offset) < timedelta(minutes=1)


@pytest.mark.parametrize("header", sorted(PAGING))
@pytest.mark.parametrize("value", ["many", "-1", "1.5", "", "9" * 5000])
def test_a_header_that_is_no_whole_number_is_an_error_that_names_it(
    make_settings: MakeSettings, header: str, value: str
) -> None:
    error = error_of([replace(BREEDS, headers={header: value})], make_settings())

    assert type(error) is SourceError
    assert f"header {header.lower()} is '{value[:40]}'" in str(error)


@pytest.mark.parametrize("status", TRANSIENT)
def test_a_status_that_may_pass_is_tried_again(make_settings: MakeSettings, status: int) -> None:
    answer, api = fetch([Reply(status), BREEDS], make_settings())

    assert (answer.status, len(api.received)) == (200, 2)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(reset=True),
        Reply(body=b"[]", missing_bytes=100),
        Reply(body=b"not gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["connection reset", "broken body", "broken compression"],
)
def test_an_answer_that_breaks_off_is_tried_again(
    make_settings: MakeSettings, reply: Reply
) -> None:
    answer, api = fetch([reply, BREEDS], make_settings())

    assert (answer.body, len(api.received)) == (BREEDS.body, 2)


def test_an_answer_that_does_not_come_in_time_is_tried_again(make_settings: MakeSettings) -> None:
    settings = make_settings(DOG_API_TIMEOUT_SECONDS="0.1")

    answer, api = fetch([Reply(stall=True), BREEDS], settings)

    assert (answer.body, len(api.received)) == (BREEDS.body, 2)


def test_a_wait_that_the_api_asks_for_in_seconds_is_kept(make_settings: MakeSettings) -> None:
    time = FakeTime()

    fetch([Reply(429, headers={"Retry-After": "7"}), BREEDS], make_settings(), time)

    assert time.slept == [pytest.approx(7, abs=0.5)]


def test_a_wait_that_the_api_asks_for_as_a_date_is_kept(make_settings: MakeSettings) -> None:
    time, later = FakeTime(), datetime.now(UTC) + timedelta(seconds=30)
    headers = {"Retry-After": format_datetime(later, usegmt=True)}

    fetch([Reply(429, headers=headers), BREEDS], make_settings(), time)

    assert time.slept == [pytest.approx(30, abs=2)]


def test_a_wait_of_hours_is_cut_to_five_minutes(make_settings: MakeSettings) -> None:
    time = FakeTime()

    fetch([Reply(503, headers={"Retry-After": "86400"}), BREEDS], make_settings(), time)

    assert time.slept == [300]


@pytest.mark.parametrize(
    "text", ["soon", "-5", "", "9" * 400, "Wed, 21 Oct 9999999999999999 07:28:00 GMT"]
)
def test_a_wait_that_cannot_be_read_is_as_if_none_was_asked_for(
    make_settings: MakeSettings, text: str
) -> None:
    time = FakeTime()

    fetch([Reply(429, headers={"Retry-After": text}), BREEDS], make_settings(), time)

    assert time.slept == [pytest.approx(1.5, abs=0.5)]


DATE_PIECES = (
    "Wed", "Wed,", ",", "21", "0", "99", "Oct", "2015", "-1", "07:28:00", "7:28", "25:61:61",
    "07.28.00", ":", "GMT", "+", "-0000", "+9999", "21-Oct-2015", "9999999999", "", "\t", "AM",
)  # fmt: skip
some_waits = st.one_of(
    st.text(st.characters(codec="latin-1")),
    st.lists(st.sampled_from(DATE_PIECES), max_size=7).map(" ".join),
)


@given(some_waits)
@example("0\x1f")
def test_any_retry_after_is_a_wait_or_none(text: str) -> None:
    response = requests.Response()
    response.headers["retry-after"] = text

    seconds = _retry_after_seconds(response)

    assert seconds is None or seconds >= 0


def test_waits_grow_from_try_to_try(make_settings: MakeSettings) -> None:
    time = FakeTime()

    error_of([Reply(500)], make_settings(DOG_API_MAX_ATTEMPTS="5"), time)

    assert time.slept == [pytest.approx(s + 0.5, abs=0.5) for s in (1, 2, 4, 8)]


@pytest.mark.parametrize("reply", [Reply(500), Reply(reset=True)], ids=["status", "reset"])
@pytest.mark.parametrize("attempts", [1, 3])
def test_it_gives_up_after_as_many_tries_as_are_allowed(
    make_settings: MakeSettings, reply: Reply, attempts: int
) -> None:
    settings = make_settings(DOG_API_MAX_ATTEMPTS=str(attempts))

    with ScriptedApi(reply) as api, pytest.raises(SourceUnavailableError):
        Client(api, settings, FakeTime()).fetch()

    assert len(api.received) == attempts


def test_every_request_is_counted(make_settings: MakeSettings) -> None:
    with ScriptedApi(Reply(500), Reply(reset=True), BREEDS) as api:
        client = Client(api, make_settings(), FakeTime())
        client.fetch()

    assert client.dog_api.requests == 3


def test_an_api_that_is_not_there_is_unavailable(
    make_settings: MakeSettings, fake_time: FakeTime
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    settings = make_settings(
        DOG_API_BASE_URL=f"http://127.0.0.1:{port}", DOG_API_REQUESTS_PER_MINUTE="0"
    )

    with (
        DogApi(settings, fake_time.clock) as api,
        pytest.raises(SourceUnavailableError, match=r"did not answer: .*Is the network up\?"),
    ):
        api.fetch(0)


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "the key in DOG_API_KEY is missing or unknown"),
        (403, "the key in DOG_API_KEY is not accepted"),
        (404, "DOG_API_BASE_URL or DOG_API_ENDPOINT is wrong"),
    ],
)
def test_a_refusal_names_the_remedy(make_settings: MakeSettings, status: int, remedy: str) -> None:
    error = error_of([Reply(status, b"Forbidden")], make_settings())

    assert type(error) is SourceRefusedError
    assert f"answered {status} ('Forbidden'): {remedy}" in str(error)


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 418, 501])
def test_a_refusal_is_not_tried_again(make_settings: MakeSettings, status: int) -> None:
    with ScriptedApi(Reply(status), BREEDS) as api, pytest.raises(IngestionError):
        Client(api, make_settings(), FakeTime()).fetch()

    assert len(api.received) == 1


@pytest.mark.parametrize("status", [204, 304, 400, 418, 501])
def test_any_other_status_is_an_error_of_the_source(
    make_settings: MakeSettings, status: int
) -> None:
    error = error_of([Reply(status, b"")], make_settings())

    assert type(error) is SourceError
    assert f"answered {status}" in str(error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_that_names_its_goal(
    make_settings: MakeSettings, status: int
) -> None:
    location = {"Location": "https://api.example.org/v2/breeds"}

    error = error_of([Reply(status, headers=location)], make_settings())

    assert type(error) is SourceRefusedError
    assert "points to 'https://api.example.org/v2/breeds': set DOG_API_BASE_URL" in str(error)


def test_a_place_that_no_redirect_points_to_is_none(make_settings: MakeSettings) -> None:
    error = error_of([Reply(201, headers={"Location": NOWHERE})], make_settings())

    assert type(error) is SourceError


def test_each_retry_is_an_event_that_says_why(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("dlt_ingestion"), "propagate", True)

    fetch([Reply(429, b"busy", headers={"Retry-After": "7"}), BREEDS], make_settings())

    (record,) = caplog.records
    fields = fields_of(record)
    assert (record.message, fields["attempt"], fields["wait_seconds"]) == ("api_retry", 1, 7.1)
    assert "answered 429 ('busy')" in str(fields["error"])


def test_the_key_does_not_follow_a_redirect(make_settings: MakeSettings) -> None:
    with ScriptedApi(BREEDS) as elsewhere:
        error_of([Reply(302, headers={"Location": elsewhere.base_url})], make_settings())

    assert elsewhere.received == []


def test_the_answer_that_counts_is_kept_once(make_settings: MakeSettings) -> None:
    with ScriptedApi(Reply(500), Reply(429), BREEDS) as api:
        client = Client(api, make_settings(), FakeTime())
        answer = client.fetch()

    assert client.kept == [answer]


@pytest.mark.parametrize(
    ("replies", "status"),
    [
        ([Reply(403, b"1")], 403),
        ([Reply(418, b"1")], 418),
        ([Reply(302, b"1", headers={"Location": NOWHERE})], 302),
        ([Reply(500, b"0"), Reply(502, b"1")], 502),
        ([Reply(200, b"1", headers={"Pagination-Count": "many"})], 200),
    ],
    ids=["refused", "other", "redirect", "given up", "bad header"],
)
def test_the_answer_that_a_failure_ends_with_is_kept(
    make_settings: MakeSettings, replies: list[Reply], status: int
) -> None:
    with ScriptedApi(*replies) as api:
        client = Client(api, make_settings(DOG_API_MAX_ATTEMPTS="2"), FakeTime())
        with pytest.raises(IngestionError):
            client.fetch()

    assert [(answer.status, answer.body) for answer in client.kept] == [(status, b"1")]


def test_nothing_is_kept_where_the_last_try_had_no_answer(make_settings: MakeSettings) -> None:
    with ScriptedApi(Reply(500), Reply(reset=True)) as api:
        client = Client(api, make_settings(DOG_API_MAX_ATTEMPTS="2"), FakeTime())
        with pytest.raises(SourceUnavailableError):
            client.fetch()

    assert client.kept == []


@pytest.mark.parametrize(
    "reply",
    [
        *(Reply(status, f"no: {KEY}".encode()) for status in (400, 401, 403, 404, 418, 429, 500)),
        Reply(403, b"x" * 190 + KEY.encode()),
        Reply(302, headers={"Location": f"https://api.example.org/?key={KEY}"}),
        Reply(headers={"Pagination-Count": KEY}),
        Reply(reset=True),
        Reply(missing_bytes=9),
    ],
)
def test_the_key_is_in_no_error(make_settings: MakeSettings, reply: Reply) -> None:
    error = error_of([reply], make_settings(DOG_API_MAX_ATTEMPTS="1"))

    text = "".join(traceback.format_exception(error))
    assert KEY[:10] not in text


@pytest.mark.parametrize("charset", ["nonsense", "idna", "undefined", "utf-7"])
def test_a_refusal_in_any_charset_is_shown(make_settings: MakeSettings, charset: str) -> None:
    headers = {"Content-Type": f"text/plain; charset={charset}"}

    error = error_of([Reply(403, b"No\xff", headers=headers)], make_settings())

    assert "answered 403 ('No�')" in str(error)


def test_an_address_that_cannot_be_asked_is_for_the_operator_to_change(
    make_settings: MakeSettings, fake_time: FakeTime
) -> None:
    settings = make_settings(DOG_API_BASE_URL="http://.example")

    with (
        DogApi(settings, fake_time.clock) as api,
        pytest.raises(ConfigurationError, match=r"DOG_API_BASE_URL .* is wrong"),
    ):
        api.fetch(0)


@pytest.fixture(scope="module")
def untrusted_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A port with TLS, whose certificate nobody trusts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with: apt-get install openssl")
    folder: Path = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", "key.pem", "-out", "cert.pem", "-days", "1", "-subj", "/CN=localhost"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with accepting(context) as port:
        yield port


@contextmanager
def accepting(context: ssl.SSLContext | None) -> Iterator[int]:
    """A port that accepts connections, shakes hands where there is a context, and hangs up."""

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            try:
                if context is not None:
                    connection = context.wrap_socket(connection, server_side=True)
            except OSError:
                pass
            finally:
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_a_certificate_that_is_not_trusted_is_for_the_operator(
    make_settings: MakeSettings, fake_time: FakeTime, untrusted_port: int
) -> None:
    settings = make_settings(DOG_API_BASE_URL=f"https://localhost:{untrusted_port}")

    with (
        DogApi(settings, fake_time.clock) as api,
        pytest.raises(ConfigurationError, match="REQUESTS_CA_BUNDLE"),
    ):
        api.fetch(0)


def test_a_handshake_that_breaks_off_is_tried_again(
    make_settings: MakeSettings, fake_time: FakeTime
) -> None:
    with accepting(None) as port:
        settings = make_settings(
            DOG_API_BASE_URL=f"https://localhost:{port}", DOG_API_MAX_ATTEMPTS="3"
        )
        with DogApi(settings, fake_time.clock) as api, pytest.raises(SourceUnavailableError):
            api.fetch(0)

    assert api.requests == 3


def test_the_sample_is_read_past_any_proxy(
    monkeypatch: pytest.MonkeyPatch, fake_time: FakeTime
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, NOWHERE)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with SampleServer() as server:
        settings = replace(load_settings({}, dotenv=None), api_base_url=server.base_url)
        with DogApi(settings, fake_time.clock) as api:
            assert api.fetch(0).status == 200


def starts_of(per_minute: int, pauses: list[float]) -> list[float]:
    """When requests start, in seconds, where each comes after a pause."""
    time, starts = FakeTime(), []
    pacer = Pacer(per_minute, time.sleep, time.monotonic)
    for pause in pauses:
        time.pass_by(pause)
        pacer.wait()
        starts.append(time.monotonic())
    return starts


def test_requests_start_at_once_up_to_the_limit_and_then_wait() -> None:
    assert starts_of(3, [0] * 7) == [0, 0, 0, 60, 60, 60, 120]


def test_requests_that_are_slow_anyway_never_wait() -> None:
    assert starts_of(3, [25] * 4) == [25, 50, 75, 100]


def test_a_limit_of_0_is_no_limit() -> None:
    assert starts_of(0, [0] * 100) == [0] * 100


some_pauses = st.lists(st.one_of(st.just(0.0), st.floats(0, 90)), max_size=40)


@given(per_minute=st.integers(1, 12), pauses=some_pauses)
def test_no_more_than_the_limit_start_in_any_minute(per_minute: int, pauses: list[float]) -> None:
    starts = starts_of(per_minute, pauses)

    pairs = zip(starts, starts[per_minute:], strict=False)
    assert [(first, later) for first, later in pairs if later - first < 60 - 1e-6] == []


def test_repeated_requests_are_paced_too(make_settings: MakeSettings, fake_time: FakeTime) -> None:
    with ScriptedApi(Reply(500, headers={"Retry-After": "0"}), BREEDS) as api:
        settings = make_settings(DOG_API_BASE_URL=api.base_url, DOG_API_REQUESTS_PER_MINUTE="1")
        with DogApi(settings, fake_time.clock, monotonic=fake_time.monotonic) as dog_api:
            dog_api.fetch(0)

    assert sum(fake_time.slept) == pytest.approx(60)
