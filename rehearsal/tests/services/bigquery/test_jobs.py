def test_query(owner, dogs):
    rows = list(owner.query("SELECT * FROM dogs.breeds ORDER BY id").result())
    assert [tuple(r) for r in rows] == [(1, "akita"), (2, "boxer")]
