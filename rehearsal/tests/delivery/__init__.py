"""The workflows, run for real: by act, with the rehearsal in the place of Google."""
