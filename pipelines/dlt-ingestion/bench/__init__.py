"""Benchmarks: what a run costs beside other ways to load the same pages, side by side.

``python -m bench`` from the package's folder. Every figure is a ratio of whole processes that ran
in turn in the same call, so that it holds on another machine too; seconds are shown beside it.
"""
