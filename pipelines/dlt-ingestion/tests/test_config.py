"""Settings from the environment and .env: defaults, mistakes, what never shows, the example."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_ingestion import __version__, config
from dlt_ingestion.config import SAMPLE_DATABASE, SAMPLE_KEY, Settings, load_settings
from dlt_ingestion.errors import ConfigurationError
from tests.conftest import KEY, MakeSettings

EXAMPLE = Path(__file__).parents[1] / ".env.example"
GUIDE = [
    "GCP_PROJECT_ID",
    "BIGQUERY_DATASET",
    "DOG_API_BASE_URL",
    "DOG_API_ENDPOINT",
    "ENVIRONMENT",
]
ASSIGNMENT = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
WITHOUT_DEFAULT = {
    "GCP_PROJECT_ID", "DOG_API_KEY", "BIGQUERY_EMULATOR_HOST", "CLOCK_START", "CODE_VERSION",
    "IMAGE_DIGEST", "CLOUD_RUN_EXECUTION", "REPORT_BUCKET",
}  # fmt: skip
PLAIN = {"DOG_API_KEY": KEY}


def settings_of(**variables: str) -> Settings:
    """Settings for real data, changed by variables."""
    return load_settings({**PLAIN, **variables}, dotenv=None)


def mistakes_in(environ: dict[str, str]) -> str:
    """What the error says about this environment."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings(environ, dotenv=None)
    return str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("destination", "duckdb"),
        ("environment", "development"),
        ("gcp_project_id", None),
        ("dataset", "dog_breeds_raw"),
        ("staging_dataset", "dog_breeds_raw_staging"),
        ("bigquery_location", "US"),
        ("bigquery_emulator_host", None),
        ("duckdb_path", Path("data/dog_breeds.duckdb")),
        ("lock_timeout_seconds", 60),
        ("sample", False),
        ("api_base_url", "https://api.thedogapi.com/v1"),
        ("api_endpoint", "breeds"),
        ("api_key", KEY),
        ("api_page_size", 1000),
        ("api_requests_per_minute", 10),
        ("api_timeout_seconds", 30),
        ("api_max_attempts", 6),
        ("audit_min_breeds_ratio", 0.9),
        ("audit_max_flagged_ratio", 0.1),
        ("run_timeout_seconds", 1800),
        ("report_bucket", None),
        ("log_format", "text"),
        ("clock_start", None),
        ("image_digest", None),
        ("code_version", __version__),
        ("execution", None),
        ("task_index", 0),
        ("task_attempt", 0),
    ],
)
def test_a_key_is_all_that_has_to_be_set(field: str, value: object) -> None:
    assert getattr(settings_of(), field) == value


def test_a_project_makes_bigquery_the_destination() -> None:
    assert settings_of(GCP_PROJECT_ID="my-project-123").destination == "bigquery"


def test_a_destination_that_is_named_wins_over_the_project() -> None:
    assert (
        settings_of(GCP_PROJECT_ID="my-project-123", DESTINATION="duckdb").destination == "duckdb"
    )


def test_staging_is_named_after_the_dataset() -> None:
    assert settings_of(BIGQUERY_DATASET="dogs").staging_dataset == "dogs_staging"


def test_production_logs_json() -> None:
    assert settings_of(ENVIRONMENT="production").log_format == "json"


def test_a_log_format_that_is_named_wins_over_production() -> None:
    assert settings_of(ENVIRONMENT="production", LOG_FORMAT="text").log_format == "text"


def test_words_may_be_in_capitals() -> None:
    assert settings_of(ENVIRONMENT="Production").environment == "production"


def test_blanks_around_a_value_do_not_count() -> None:
    assert settings_of(BIGQUERY_DATASET=" dogs ").dataset == "dogs"


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert settings_of(BIGQUERY_DATASET="", DOG_API_PAGE_SIZE=" ") == settings_of()


@pytest.mark.parametrize(
    ("base", "endpoint"),
    [
        ("https://api.example.org/v1", "breeds"),
        ("https://api.example.org/v1/", "/breeds/"),
        ("https://api.example.org/v1//", "breeds"),
    ],
)
def test_base_address_and_endpoint_are_joined_with_one_slash(base: str, endpoint: str) -> None:
    settings = settings_of(DOG_API_BASE_URL=base, DOG_API_ENDPOINT=endpoint)

    assert settings.api_url == "https://api.example.org/v1/breeds"


def test_the_clock_may_start_in_any_zone() -> None:
    settings = settings_of(CLOCK_START="2026-11-23T05:00:00+01:00")

    assert str(settings.clock_start) == "2026-11-23 04:00:00+00:00"


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"DUCKDB_PATH": "d/x.duckdb"}, "duckdb d/x.duckdb (schema dog_breeds_raw)"),
        ({"GCP_PROJECT_ID": "my-project"}, "bigquery my-project.dog_breeds_raw"),
    ],
)
def test_the_warehouse_is_named_as_people_would(variables: dict[str, str], name: str) -> None:
    assert settings_of(**variables).warehouse_name == name


A_RATIO, A_DATASET = "a number from 0 to 1", "a dataset name: letters, digits and underscores"
AN_ADDRESS = "an address such as https://api.thedogapi.com/v1"
A_TIME = "a time with its zone such as 2026-11-23T04:00:00Z"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("GCP_PROJECT_ID", "My Project", "a project id such as my-project-123"),
        ("GCP_PROJECT_ID", "x", "a project id such as my-project-123"),
        ("DESTINATION", "redshift", "one of bigquery, duckdb"),
        ("ENVIRONMENT", "prod", "one of development, test, production"),
        ("BIGQUERY_DATASET", "dog-breeds", A_DATASET),
        ("BIGQUERY_DATASET", "d" * 1025, A_DATASET),
        ("BIGQUERY_STAGING_DATASET", "a.b", A_DATASET),
        ("BIGQUERY_LOCATION", "europe west1", "a BigQuery location such as US, EU or europe-west1"),
        ("DUCKDB_LOCK_TIMEOUT_SECONDS", "-1", "a number from 0 to 3600"),
        ("DUCKDB_LOCK_TIMEOUT_SECONDS", "soon", "a number from 0 to 3600"),
        ("DOG_API_BASE_URL", "api.thedogapi.com", AN_ADDRESS),
        ("DOG_API_BASE_URL", "ftp://api.thedogapi.com", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://h/v1?limit=1", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://h/v1?", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://h/v1#breeds", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://user:word@h/v1", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://h:port/v1", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://h:99999/v1", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://h:0/v1", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://[::1", AN_ADDRESS),
        ("DOG_API_BASE_URL", "https://h/a b", AN_ADDRESS),
        ("DOG_API_ENDPOINT", "breeds?limit=1", "a path such as breeds"),
        ("DOG_API_ENDPOINT", "../breeds", "a path such as breeds"),
        ("DOG_API_ENDPOINT", "//host/breeds", "a path such as breeds"),
        ("DOG_API_PAGE_SIZE", "0", "a whole number from 1 to 10000"),
        ("DOG_API_PAGE_SIZE", "10001", "a whole number from 1 to 10000"),
        ("DOG_API_PAGE_SIZE", "2.5", "a whole number from 1 to 10000"),
        ("DOG_API_PAGE_SIZE", "9" * 5000, "a whole number from 1 to 10000"),
        ("DOG_API_REQUESTS_PER_MINUTE", "-1", "a whole number from 0 to 100000"),
        ("DOG_API_TIMEOUT_SECONDS", "0", "a number from 0.1 to 600"),
        ("DOG_API_TIMEOUT_SECONDS", "nan", "a number from 0.1 to 600"),
        ("DOG_API_TIMEOUT_SECONDS", "inf", "a number from 0.1 to 600"),
        ("DOG_API_MAX_ATTEMPTS", "0", "a whole number from 1 to 20"),
        ("AUDIT_MIN_BREEDS_RATIO", "1.1", A_RATIO),
        ("AUDIT_MIN_BREEDS_RATIO", "90%", A_RATIO),
        ("AUDIT_MAX_FLAGGED_RATIO", "-0.1", A_RATIO),
        ("RUN_TIMEOUT_SECONDS", "30m", "a whole number from 1 to 604800"),
        ("LOG_FORMAT", "xml", "one of text, json"),
        ("CLOCK_START", "yesterday", A_TIME),
        ("CLOCK_START", "2026-11-23T04:00:00", A_TIME),
        ("CLOCK_START", "0001-01-01T00:00:00+14:00", A_TIME),
        ("CODE_VERSION", "v 1", "a version or a commit"),
        ("CODE_VERSION", "a\nb", "a version or a commit"),
        ("CODE_VERSION", "版", "a version or a commit"),
        ("CLOUD_RUN_TASK_INDEX", "first", "a whole number from 0 to 10000"),
        ("CLOUD_RUN_TASK_ATTEMPT", "-1", "a whole number from 0 to 10000"),
    ],
)
def test_a_mistake_names_the_variable_its_value_and_what_is_allowed(
    name: str, value: str, allowed: str
) -> None:
    said = mistakes_in({**PLAIN, name: value})

    assert f"{name}: {value!r} is not {allowed}" in said


@pytest.mark.parametrize(("value", "size"), [("1", 1), ("10000", 10_000)])
def test_the_ends_of_what_is_allowed_are_allowed(value: str, size: int) -> None:
    assert settings_of(DOG_API_PAGE_SIZE=value).api_page_size == size


def test_all_mistakes_are_told_at_once() -> None:
    said = mistakes_in({**PLAIN, "LOG_FORMAT": "xml", "ENVIRONMENT": "prod", "CLOCK_START": "now"})

    assert re.findall(r"^  - (\w+):", said, re.MULTILINE) == [
        "ENVIRONMENT", "LOG_FORMAT", "CLOCK_START",
    ]  # fmt: skip


def test_mistakes_point_to_the_example() -> None:
    assert mistakes_in({**PLAIN, "LOG_FORMAT": "xml"}).endswith("See .env.example.")


def test_bigquery_needs_a_project() -> None:
    said = mistakes_in({**PLAIN, "DESTINATION": "bigquery"})

    assert "GCP_PROJECT_ID: is needed for DESTINATION=bigquery and is not set" in said


def test_production_never_sends_the_key_unencrypted() -> None:
    said = mistakes_in(
        {**PLAIN, "ENVIRONMENT": "production", "DOG_API_BASE_URL": "http://api.example.org"}
    )

    assert "DOG_API_BASE_URL: 'http://api.example.org' would send the key unencrypted" in said


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_production_may_use_http_on_this_machine(host: str) -> None:
    url = f"http://{host}:8080/v1"

    assert settings_of(ENVIRONMENT="production", DOG_API_BASE_URL=url).api_base_url == url


def test_the_key_is_not_in_the_settings_as_text() -> None:
    assert KEY not in repr(settings_of()) + str(settings_of())


def test_the_key_is_not_in_a_message_about_other_mistakes() -> None:
    assert KEY not in mistakes_in({**PLAIN, "LOG_FORMAT": "xml"})


@pytest.mark.parametrize(
    "key",
    ["two words", "live_\u00e9t\u00e9", "tab\tbed", 'live_"quoted"', "live_'quoted'", "live_\\x"],
)
def test_a_key_that_cannot_be_one_is_a_mistake(key: str) -> None:
    said = mistakes_in({"DOG_API_KEY": key})

    assert "DOG_API_KEY: has spaces, quotes, backslashes or unprintable characters" in said


some_keys = st.text(min_size=8).map(str.strip).filter(lambda key: len(key) >= 8)


@given(some_keys)
def test_a_key_is_taken_as_it_is_or_not_shown(key: str) -> None:
    try:
        taken = load_settings({"DOG_API_KEY": key}, dotenv=None)
    except ConfigurationError as error:
        shown = "shown" if key in str(error) else key
    else:
        shown = taken.api_key

    assert shown == key


def test_without_a_key_the_sample_is_read_into_its_own_database() -> None:
    settings = load_settings({}, dotenv=None)

    assert (settings.sample, settings.api_key, settings.duckdb_path) == (
        True, SAMPLE_KEY, SAMPLE_DATABASE,
    )  # fmt: skip


def test_the_sample_never_goes_to_bigquery() -> None:
    said = mistakes_in({"GCP_PROJECT_ID": "my-project-123"})

    assert "DOG_API_KEY: is not set, and the sample goes to DuckDB only: set DOG_API_KEY" in said


def test_the_sample_never_goes_to_production() -> None:
    said = mistakes_in({"ENVIRONMENT": "production"})

    assert "DOG_API_KEY: is not set, which ENVIRONMENT=production needs: set DOG_API_KEY" in said


def test_the_sample_never_goes_to_the_database_of_real_data() -> None:
    said = mistakes_in({"DUCKDB_PATH": "data/dog_breeds.duckdb"})

    assert "DUCKDB_PATH: is for real data; without DOG_API_KEY the sample goes to" in said


def test_a_project_alone_reads_the_sample_into_duckdb_where_that_is_the_destination() -> None:
    environ = {"GCP_PROJECT_ID": "my-project-123", "DESTINATION": "duckdb"}

    assert load_settings(environ, dotenv=None).sample


def test_values_come_from_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DOG_API_PAGE_SIZE=7\n")

    assert load_settings({}, tmp_path / ".env").api_page_size == 7


def test_values_of_the_environment_win_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DOG_API_PAGE_SIZE=7\n")

    assert load_settings({"DOG_API_PAGE_SIZE": "8"}, tmp_path / ".env").api_page_size == 8


def test_mistakes_in_the_file_are_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DOG_API_PAGE_SIZE=seven\n")

    with pytest.raises(ConfigurationError, match="DOG_API_PAGE_SIZE: 'seven' is not"):
        load_settings({}, tmp_path / ".env")


def test_a_name_without_a_value_in_the_file_is_not_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DOG_API_PAGE_SIZE\nDOG_API_KEY=\n")

    assert load_settings({}, tmp_path / ".env") == load_settings({}, None)


def test_a_file_that_is_not_there_is_no_mistake(tmp_path: Path) -> None:
    assert load_settings({}, tmp_path / ".env") == load_settings({}, None)


def test_a_file_that_is_not_text_is_a_mistake_that_names_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DOG_API_KEY=\xff\n")

    with pytest.raises(ConfigurationError, match=r"Can't read .*\.env: .*UTF-8"):
        load_settings({}, tmp_path / ".env")


def test_the_process_environment_is_read_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BIGQUERY_DATASET", "dogs")
    monkeypatch.setenv("DOG_API_KEY", KEY)

    assert load_settings(dotenv=None).dataset == "dogs"


def example_variables() -> dict[str, str]:
    """What the example shows, by name, in its order."""
    return dict(ASSIGNMENT.findall(EXAMPLE.read_text(encoding="utf-8")))


def names_read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every variable that is looked at, with a key and without one."""
    names: set[str] = set()
    look = config._Reader.text

    def noted(reader: config._Reader, name: str) -> str | None:
        names.add(name)
        return look(reader, name)

    monkeypatch.setattr(config._Reader, "text", noted)
    for environ in ({}, PLAIN, {**PLAIN, "GCP_PROJECT_ID": "my-project-123"}):
        load_settings(environ, dotenv=None)
    return names


def test_the_example_shows_each_variable_that_is_read_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert set(example_variables()) == names_read(monkeypatch)


def test_no_field_of_the_settings_lacks_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    derived = {"sample"}

    assert len(names_read(monkeypatch)) == len(fields(Settings)) - len(derived)


def test_the_example_begins_with_the_names_of_the_guide() -> None:
    assert list(example_variables())[: len(GUIDE)] == GUIDE


def test_the_example_as_it_stands_changes_nothing() -> None:
    assert load_settings({}, EXAMPLE) == load_settings({}, None)


def test_the_example_sets_nothing_but_an_empty_key() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line and not line.startswith("#")] == ["DOG_API_KEY="]


@pytest.mark.parametrize("name", sorted(set(example_variables()) - WITHOUT_DEFAULT))
def test_the_example_shows_the_default(name: str) -> None:
    assert settings_of(**{name: example_variables()[name]}) == settings_of()


@pytest.mark.parametrize("name", sorted(WITHOUT_DEFAULT - {"DOG_API_KEY"}))
def test_the_example_shows_a_value_that_works_where_there_is_no_default(name: str) -> None:
    assert settings_of(**{name: example_variables()[name]}) != settings_of()


@pytest.mark.parametrize("name", sorted(example_variables()))
def test_the_example_says_the_default_and_what_is_allowed(name: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    comment = re.split(rf"^#?{name}=", text, flags=re.MULTILINE)[0].rsplit("\n\n", 1)[-1]

    assert re.search(r"Default: .*Allowed: ", comment, re.DOTALL)


def test_staging_needs_a_dataset_of_its_own(make_settings: MakeSettings) -> None:
    with pytest.raises(ConfigurationError, match=r"BIGQUERY_STAGING_DATASET.*of their own"):
        make_settings(BIGQUERY_DATASET="dogs", BIGQUERY_STAGING_DATASET="dogs")
