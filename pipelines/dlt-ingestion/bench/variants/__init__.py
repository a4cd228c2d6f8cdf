"""The programs that a run is compared with. Each reads its settings as the run does."""
