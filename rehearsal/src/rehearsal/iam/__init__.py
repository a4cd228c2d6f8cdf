"""Who may do what: roles, the permissions of methods, policies and verdicts."""
