"""The processes: `afterword up`, web, worker, the embedded PostgreSQL."""
