"""Tests of the delivery, as its source; the workflows run in rehearsal/tests/delivery."""
