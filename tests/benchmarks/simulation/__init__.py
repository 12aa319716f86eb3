"""A year of a project with 40 jobs under this program and under naive policies, held against the truth."""
