"""BigQuery: datasets, tables, jobs and rows, with Google's permissions, places and words.

The rows and the SQL are local-bigquery's, a process of its own behind this service; each call is
checked here and sent on. What differs from Google is told in the module concerned. Not here:
legacy SQL, procedures, extract jobs, loads from buckets, models, routines by API, row access
policies, and the Storage read and write APIs, which are gRPC.
"""

from rehearsal.services.bigquery import datasets, jobs, projects, tables
from rehearsal.services.bigquery.definition import service

__all__ = ["datasets", "jobs", "projects", "service", "tables"]
