"""The Docker registry at ``L-docker.pkg.dev``: a real one, with Google's doors in front of it.

https://distribution.github.io/distribution/spec/api/ and
https://cloud.google.com/artifact-registry/docs/docker/authentication
"""
