"""The entry points: the only modules that use the environment, argv, stdout and exit codes."""
