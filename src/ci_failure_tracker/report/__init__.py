"""The report of a sweep, its statistics, and its outputs: summary, page, JSON and Prometheus metrics."""
