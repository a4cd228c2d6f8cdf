"""The rehearsal as processes: what runs, where its state is, and who starts and ends it."""
