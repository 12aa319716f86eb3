"""The only modules that touch the environment, argv, stdout and exit codes."""
