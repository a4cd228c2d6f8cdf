from tests.services.storage.world import BUCKET, HOST, World


def test_terraform_reads_its_state() -> None:
    world = World()
    made = world.upload("env/dev/default.tfstate", b"{}").ok
    answer = world.client.get(f"{HOST}/{BUCKET}/env/dev/default.tfstate")
    assert (answer.status, answer.content) == (200, b"{}")
    assert answer.headers["x-goog-generation"] == made["generation"]
    assert answer.headers["x-goog-metageneration"] == "1"
    assert answer.headers["x-goog-hash"] == f"crc32c={made['crc32c']},md5={made['md5Hash']}"
    assert answer.headers["content-length"] == "2"


def test_a_head_has_the_headers_only() -> None:
    world = World()
    world.upload("a", b"12345")
    answer = world.client.request("HEAD", f"{HOST}/{BUCKET}/a")
    assert (answer.content, answer.headers["content-length"]) == (b"", "5")


def test_a_missing_object_is_told_in_xml() -> None:
    answer = World().client.get(f"{HOST}/{BUCKET}/a<b")
    assert answer.status == 404
    assert b"<Code>NoSuchKey</Code>" in answer.content
    assert b"a&lt;b" in answer.content
    assert answer.headers["content-type"].startswith("application/xml")


def test_a_missing_bucket_is_told_in_xml() -> None:
    answer = World().client.get(f"{HOST}/nope-nope/a")
    assert b"<Code>NoSuchBucket</Code>" in answer.content


def test_a_stranger_is_refused_in_xml() -> None:
    world = World()
    world.upload("a", b"1")
    answer = world.client.get(f"{HOST}/{BUCKET}/a", as_="user:x@example.com")
    assert (answer.status, b"AccessDenied" in answer.content) == (403, True)


def test_a_generation_is_a_precondition_by_header() -> None:
    world = World()
    world.upload("a", b"1")
    headers = {"x-goog-if-generation-match": "1"}
    assert world.client.get(f"{HOST}/{BUCKET}/a", headers=headers).status == 412
