"""The command line: ``rehearsal up``, ``run``, ``shell`` and the rest."""
