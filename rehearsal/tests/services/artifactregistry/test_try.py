from tests.services.artifactregistry.world import *
def test_x(registry, unique):
    w=World(registry)
    i=image(unique)
    r=w.push(i)
    print(r)
    print(w.manifest('v1'))
    print(w.images())
    print(w.call('GET','demo/pipelines/ingest/tags/list').json)
    assert 0
