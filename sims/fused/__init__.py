"""The compiled gear: the same run as step, from answer to answer instead of from bar to bar."""
